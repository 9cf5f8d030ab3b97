import Foundation

/// Programs that judge pages, where Tests/page-judges has put them.
enum PageJudges {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../.build/page-judges")
        .standardized

    /// Whether they are there; with MJPEG_RELAY_PAGE_JUDGES set, they have to be.
    static var mustJudge: Bool {
        ProcessInfo.processInfo.environment["MJPEG_RELAY_PAGE_JUDGES"] != nil || FileManager.default.fileExists(atPath: vnu)
    }

    static var vnu: String { folder.appending(path: "vnu.jar").path }

    /// The script of axe-core.
    static var axe: String {
        get throws { try String(contentsOf: folder.appending(path: "axe.min.js"), encoding: .utf8) }
    }

    /// A script that has axe look at the page and tells what it finds, of every level, a line each.
    static let findings = """
        axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations.flatMap((rule) => rule.nodes.map(
          (node) => `${rule.id} (${rule.impact}): ${node.html.slice(0, 200)}: ${node.failureSummary}`)).join("\\n"))
        """
}
