import Glibc

/// A program that was started and is ended with the benchmark.
struct ChildProcess {
    let process: pid_t
    private let output: CInt?

    /// Starts `arguments[0]`; with `readsOutput` its standard output is for ``output()``, else it is thrown away.
    init(_ arguments: [String], readsOutput: Bool = false) throws(Problem) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var pipe: [CInt] = [-1, -1]
        if readsOutput {
            guard Glibc.pipe(&pipe) == 0 else { throw Problem(system: "pipe") }
            posix_spawn_file_actions_addclose(&actions, pipe[0])
            posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        var process = pid_t()
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let error = posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ)
        if readsOutput { close(pipe[1]) }
        guard error == 0 else { throw Problem("cannot start \(arguments[0]): \(String(cString: strerror(error)))") }
        self.process = process
        output = readsOutput ? pipe[0] : nil
    }

    /// Waits for the end and returns what was written.
    func outputAtEnd() -> String {
        var bytes: [UInt8] = []
        if let output {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = read(output, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
            close(output)
        }
        waitpid(process, nil, 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    func end() {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
    }
}
