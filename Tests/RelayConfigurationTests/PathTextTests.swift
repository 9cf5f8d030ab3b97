import Testing

@testable import RelayConfiguration

@Suite struct PathTextTests {
    @Test(arguments: [
        ("relay.yaml", ""), ("./relay.yaml", "."), ("/relay.yaml", "/"), ("/etc/x/relay.yaml", "/etc/x"), ("a/b", "a"), ("//x", "/"),
    ])
    func foldersOfFiles(path: String, folder: String) {
        #expect(PathText.folder(of: path) == folder)
    }
}
