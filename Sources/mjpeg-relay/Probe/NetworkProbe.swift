import CameraClient
import NIOPosix

/// Searches the local network for cameras.
enum NetworkProbe {
    /// Prints the devices that were found; false where none was found.
    static func run() async -> Bool {
        let search = NetworkSearch()
        guard NetworkSearch.hasNetwork else {
            Output.complain(
                "no network of this machine takes multicast, by which cameras are found: name the camera, mjpeg-relay probe HOST")
            return false
        }
        Output.say("looking for cameras in the local network for \(search.seconds) s")
        let outcome = (try? await NIOThreadPool.singleton.runIfActive { search.run() }) ?? NetworkSearch.Outcome()
        guard outcome.canAsk else {
            Output.complain("the network does not take the questions (multicast): name the camera, mjpeg-relay probe HOST")
            return false
        }
        // Devices that say that they are cameras come first.
        let finds = outcome.finds.filter { $0.kind == .onvif } + outcome.finds.filter { $0.kind == .http }
        guard !finds.isEmpty else {
            Output.say(
                """
                nobody has answered. Only cameras in the same network are found, none beyond a router or from inside a container; \
                name the camera, mjpeg-relay probe HOST
                """)
            return false
        }
        for find in finds {
            let host = find.host.contains(":") ? "[\(find.host)]" : find.host
            let address = find.port == 80 ? host : "\(host):\(find.port)"
            let padding = String(repeating: " ", count: max(1, 24 - address.count))
            Output.say("  \(address)\(padding)\(find.kind.rawValue)\(find.kind == .onvif ? " " : "  ")\(find.name)")
        }
        Output.say("\nlook at one of them: mjpeg-relay probe [USER:PASSWORD@]HOST[:PORT]")
        return true
    }
}
