import TestSupport

extension Browser {
    /// A script that counts the pictures that a source's tile has painted.
    static func frames(_ name: String) -> String {
        "Number(document.querySelector('[data-name=\"\(name)\"] canvas')?.dataset.frames ?? 0)"
    }

    /// A script that tells whether a source's tile says that its picture is old.
    static func isStale(_ name: String) -> String {
        "document.querySelector('[data-name=\"\(name)\"] .picture').classList.contains('is-stale')"
    }

    /// Waits until a source's tile on the dashboard paints further pictures.
    func expectMoving(_ name: String) async throws {
        let before = try await number(Self.frames(name))
        try await eventually("the tile of \(name) moves") { try await number(Self.frames(name)) >= before + 5 }
    }
}
