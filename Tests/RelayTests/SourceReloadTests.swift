import CameraURL
import Foundation
import Testing

@testable import Relay
@testable import RelayConfiguration

/// What a reload does to a source's camera, by what has changed.
@Suite struct SourceReloadTests {
    private typealias Change = @Sendable (inout SourceConfiguration) -> Void

    private static func source(_ url: String, _ change: Change = { _ in }) throws -> SourceConfiguration {
        var source = SourceConfiguration(name: "a", upstream: .camera(try CameraURL(url)))
        change(&source)
        return source
    }

    private static let file = SourceConfiguration(name: "a", upstream: .file(path: "x"))
    private static let program = SourceConfiguration(name: "a", upstream: .program(["x"]))

    private static let picture: PlaceholderPicture? = {
        let path = FileManager.default.temporaryDirectory.appending(path: "placeholder-\(UInt64.random(in: 0 ... .max)).jpg").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = FileManager.default.createFile(atPath: path, contents: Data(Placeholder.noSignal.readableBytesView))
        return try? PlaceholderPicture(path: path)
    }()

    /// What changes in place, or from the next dial on, for every kind of source.
    private static let harmless: [(String, Change)] = [
        ("stall_timeout", { $0.stallTimeout = .seconds(3) }), ("linger", { $0.linger = .seconds(3) }),
        ("snapshot_linger", { $0.snapshotLinger = .seconds(3) }), ("on_demand", { $0.onDemand = true }),
        ("connect_timeout", { $0.connectTimeout = .seconds(3) }), ("redirects", { $0.redirects = .any }),
        ("max_frame_size", { $0.maxFrameSize = 1 }), ("fps", { $0.fps = 3 }), ("failback", { $0.failback = .seconds(3) }),
        ("port", { $0.port = 3 }), ("listed", { $0.isListed = false }), ("reconnect_min", { $0.reconnectMin = .seconds(3) }),
        ("reconnect_max", { $0.reconnectMax = .seconds(3) }), ("heartbeat", { $0.heartbeat = .seconds(3) }),
        ("on_loss", { $0.onLoss = .last }), ("placeholder", { $0.placeholder = picture }), ("max_fps", { $0.maxFPS = 3 }),
        ("max_viewers", { $0.maxViewers = 3 }), ("max_viewers_per_address", { $0.maxViewersPerAddress = 3 }),
        ("viewers", { $0.viewers = .everyone }),
    ]

    @Test func whatChangesInPlaceDialsNothing() throws {
        try #require(Self.picture != nil)
        for old in [try Self.source("http://cam/"), try Self.source("https://u:p@cam/"), Self.file, Self.program] {
            for (key, change) in Self.harmless {
                var new = old
                change(&new)
                #expect(!old.needsNewDial(for: new), "\(key)")
                #expect(!old.needsNewCamera(for: new), "\(key)")
            }
        }
    }

    /// `defaults` give every source every key.
    @Test func whatMeansNothingToASourceDialsNothing() throws {
        let tls: [Change] = [
            { $0.verifiesCertificate = false }, { $0.certificateFingerprint = CertificateFingerprint(String(repeating: "ab", count: 32)) },
        ]
        let http: [Change] = [{ $0.interval = .seconds(1) }, { $0.headers = [HeaderField(name: "A", value: "b")] }]
        for change in tls {
            for old in [try Self.source("http://cam/"), Self.file, Self.program] {
                var new = old
                change(&new)
                #expect(!old.needsNewDial(for: new))
            }
            #expect(try Self.source("https://cam/").needsNewDial(for: Self.source("https://cam/", change)))
            var mixed = try Self.source("http://cam/")
            mixed.alternatives = [.camera(try CameraURL("https://cam/"))]
            var changed = mixed
            change(&changed)
            #expect(mixed.needsNewDial(for: changed))
        }
        for change in http {
            for old in [Self.file, Self.program] {
                var new = old
                change(&new)
                #expect(!old.needsNewDial(for: new))
                #expect(!old.needsNewCamera(for: new))
            }
            #expect(try Self.source("http://cam/").needsNewDial(for: Self.source("http://cam/", change)))
        }
    }

    @Test func anotherIntervalHoldsFromTheNextPollOn() throws {
        let old = try Self.source("http://cam/") { $0.interval = .seconds(1) }
        #expect(!old.needsNewDial(for: try Self.source("http://cam/") { $0.interval = .seconds(2) }))
        #expect(old.needsNewDial(for: try Self.source("http://cam/")))
        #expect(!old.needsNewCamera(for: try Self.source("http://cam/")))
    }

    @Test(arguments: [
        ("http://cam/", "http://cam/x"), ("http://cam/", "http://cam:81/"), ("http://cam/", "https://cam/"),
        ("http://cam/", "http://u:p@cam/"), ("http://u:p@cam/", "http://u:q@cam/"), ("http://cam/", "http://other/"),
    ])
    func anotherCameraOrLoginIsAnotherCamera(_ old: String, _ new: String) throws {
        #expect(try Self.source(old).needsNewCamera(for: Self.source(new)))
        #expect(try Self.source(old).needsNewDial(for: Self.source(new)))
    }

    @Test func switchingOffEndsTheDialAndKeepsTheCamera() throws {
        let (on, off) = (try Self.source("http://cam/"), try Self.source("http://cam/") { $0.enabled = false })
        #expect(on.needsNewDial(for: off) && off.needsNewDial(for: on))
        #expect(!on.needsNewCamera(for: off))
    }

    /// Whether the picture of one is still right for the other.
    @Test(arguments: [
        ("http://cam/", "http://cam/", true), ("http://u:p@cam/", "http://u:q@CAM/", true), ("http://cam/1", "http://cam/2", false),
        ("http://cam/", "http://cam:81/", false), ("http://cam/", "http://other/", false),
    ])
    func thePictureOfAnotherCameraIsNotKept(_ old: String, _ new: String, _ isSame: Bool) throws {
        #expect(try Self.source(old).isSameCamera(as: Self.source(new)) == isSame)
        // One more address, before it or behind it, is the same camera still.
        let further = SourceConfiguration.Upstream.camera(try CameraURL("http://third/"))
        var longer = try Self.source(new)
        longer.alternatives = [further]
        #expect(try Self.source(old).isSameCamera(as: longer) == isSame)
        longer = try Self.source("http://third/")
        longer.alternatives = [.camera(try CameraURL(new))]
        #expect(try Self.source(old).isSameCamera(as: longer) == isSame)
        #expect(!Self.file.isSameCamera(as: try Self.source(new)))
    }
}
