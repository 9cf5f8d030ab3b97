extension Browser {
    /// Runs a script in each page from now on, before the page's own scripts.
    func beforeEachPage(run script: String) async throws {
        _ = try await devTools("Page.addScriptToEvaluateOnNewDocument", ["source": script])
    }

    /// What the browser keeps as the page's address.
    func address() async throws -> String { try await text("document.URL") }
}

/// A screen on which people look at pages.
enum Screen: String, CaseIterable {
    case phone, desktop
}

extension Browser {
    /// Shows pages from now on as on such a screen, in a light or dark system.
    func pretend(_ screen: Screen, isDark: Bool = false, wantsLittleMotion: Bool = false) async throws {
        let isPhone = screen == .phone
        _ = try await devTools(
            "Emulation.setDeviceMetricsOverride",
            ["width": isPhone ? 390 : 1280, "height": isPhone ? 844 : 800, "deviceScaleFactor": isPhone ? 2 : 1, "mobile": isPhone])
        _ = try await devTools(
            "Emulation.setEmulatedMedia",
            [
                "features": [
                    ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"],
                    ["name": "prefers-reduced-motion", "value": wantsLittleMotion ? "reduce" : ""],
                ]
            ])
    }

    /// Switches the scripts of pages off, for pages opened from now on, or on.
    func runScripts(_ areOn: Bool) async throws {
        _ = try await devTools("Emulation.setScriptExecutionDisabled", ["value": !areOn])
    }

    /// Presses a key; the names of those that write nothing are in ``Key``.
    func press(_ key: String) async throws {
        let actions = ["keyDown", "keyUp"].map { ["type": $0, "value": key] }
        try await act([["type": "key", "id": "keyboard", "actions": actions]])
    }

    /// Keys that write nothing, by the code points of the WebDriver standard (17.4.2).
    enum Key {
        static let tab = "\u{E004}"
        static let enter = "\u{E007}"
        static let escape = "\u{E00C}"
    }
}
