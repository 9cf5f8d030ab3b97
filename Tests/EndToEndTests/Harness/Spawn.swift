import Foundation

/// Starts programs with nothing of ours: no open sockets, no blocked signals, in a process group of their own.
///
/// Foundation's `Process` leaves sockets open in the child when another thread opens one meanwhile; a test camera's port
/// would then stay open after the camera has gone.
enum Spawn {
    // Not in the headers that Swift imports.
    private typealias AddDirectory = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
    private typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    /// Starts `arguments[0]`; returns its process id.
    static func start(
        _ arguments: [String], folder: String?, environment: [String: String], output: Int32, errors: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        _ = try function("posix_spawn_file_actions_addclosefrom_np", as: AddCloseFrom.self)(&actions, 3)
        if let folder {
            _ = try function("posix_spawn_file_actions_addchdir_np", as: AddDirectory.self)(&actions, folder)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let argumentPointers = arguments.map { strdup($0) } + [nil]
        let environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, arguments[0], &actions, &attributes, argumentPointers, environmentPointers)
        guard result == 0 else { throw SpawnFailure(program: arguments[0], code: result) }
        return pid
    }

    private static func function<T>(_ name: String, as type: T.Type) throws -> T {
        guard let symbol = dlsym(nil, name) else { throw SpawnFailure(program: name, code: ENOSYS) }
        return unsafeBitCast(symbol, to: type)
    }

    /// A program that could not be started.
    struct SpawnFailure: Error, CustomStringConvertible {
        let program: String
        let code: Int32

        var description: String { "cannot start \(program): \(String(cString: strerror(code)))" }
    }
}
