extension Browser {
    /// Runs a script in each page from now on, before the page's own scripts.
    func beforeEachPage(run script: String) async throws {
        _ = try await devTools("Page.addScriptToEvaluateOnNewDocument", ["source": script])
    }

    /// What the browser keeps as the page's address.
    func address() async throws -> String { try await text("document.URL") }
}
