import Pacing
import Testing

@Suite struct BenchTests {
    @Test func former() {
        for congestion in SimulatedPath.Congestion.allCases {
            print("== \(congestion)")
            for hold in [0.0, 20] {
            for (jitter, rtt) in [(80.0, 10.0), (120, 2)] {
                var path = SimulatedPath(megabits: 50, roundTrip: rtt)
                path.congestion = congestion
                path.forward.jitter = .milliseconds(jitter)
                path.forward.jitterHold = .milliseconds(hold)
                let w = Watching(path: path)
                print("jitter \(jitter) on \(rtt) hold \(hold)", w.run(FormerRule()), "| no info", w.run(FormerRule(knowsPath: false)))
            }
            }
            for rtt in [60.0, 150] {
                var path = SimulatedPath(megabits: 100, roundTrip: rtt)
                path.congestion = congestion
                print("ack rtt \(rtt)", Watching(path: path).run(FormerRule(acknowledges: true)))
            }
            var path = SimulatedPath(megabits: 3, roundTrip: 10)
            path.congestion = congestion
            path.forward.queueBytes = 64 << 10
            let w = Watching(path: path, bytes: 50_000)
            print("3 Mbit/s 64 KB", w.run(FormerRule()), "| no info", w.run(FormerRule(knowsPath: false)), "| acks", w.run(FormerRule(acknowledges: true)))
            path = SimulatedPath(megabits: 100, roundTrip: 2)
            path.congestion = congestion
            path.hopBuffer = 1 << 20
            path.receiveBuffer = 256 << 10
            path.readRate = 375_000
            path.readDelay = .milliseconds(5)
            let h = Watching(path: path, bytes: 50_000)
            print("hop 1 MB", h.run(FormerRule()), "| acks", h.run(FormerRule(acknowledges: true)))
            path.hopBuffer = 0
            path.receiveBuffer = 128 << 10
            path.readDelay = 0
            let s = Watching(path: path, bytes: 50_000)
            print("slow reader", s.run(FormerRule()), "| acks", s.run(FormerRule(acknowledges: true)))
        }
    }
    @Test func now() {
        for congestion in SimulatedPath.Congestion.allCases {
            print("== \(congestion)")
            for hold in [0.0, 20] {
            for (jitter, rtt) in [(80.0, 10.0), (120, 2)] {
                var path = SimulatedPath(megabits: 50, roundTrip: rtt)
                path.congestion = congestion
                path.forward.jitter = .milliseconds(jitter)
                path.forward.jitterHold = .milliseconds(hold)
                let w = Watching(path: path)
                print("jitter \(jitter) on \(rtt) hold \(hold)", w.run(PacerRule()), "| acks", w.run(PacerRule(acknowledges: true)))
            }
            }
            for rtt in [60.0, 150] {
                var path = SimulatedPath(megabits: 100, roundTrip: rtt)
                path.congestion = congestion
                print("ack rtt \(rtt)", Watching(path: path).run(PacerRule(acknowledges: true)))
            }
            var path = SimulatedPath(megabits: 3, roundTrip: 10)
            path.congestion = congestion
            path.forward.queueBytes = 64 << 10
            let w = Watching(path: path, bytes: 50_000)
            print("3 Mbit/s 64 KB", w.run(PacerRule()), "| no info", w.run(PacerRule(knowsPath: false)), "| acks", w.run(PacerRule(acknowledges: true)))
            path = SimulatedPath(megabits: 100, roundTrip: 2)
            path.congestion = congestion
            path.hopBuffer = 1 << 20
            path.receiveBuffer = 256 << 10
            path.readRate = 375_000
            path.readDelay = .milliseconds(5)
            let h = Watching(path: path, bytes: 50_000)
            print("hop 1 MB", h.run(PacerRule()), "| acks", h.run(PacerRule(acknowledges: true)))
            path.hopBuffer = 0
            path.receiveBuffer = 128 << 10
            path.readDelay = 0
            let s = Watching(path: path, bytes: 50_000)
            print("slow reader", s.run(PacerRule()), "| acks", s.run(PacerRule(acknowledges: true)))
        }
    }
}
@Suite struct TraceTests {
    @Test func trace() {
        PacerRule.traces = true; Pacer.traces = true
        var path = SimulatedPath(megabits: 3, roundTrip: 10)
        path.forward.queueBytes = 64 << 10
        print(Watching(path: path, bytes: 50_000, seconds: 6).run(PacerRule()))
        print("=======")
        path = SimulatedPath(megabits: 100, roundTrip: 2)
        path.receiveBuffer = 128 << 10
        path.readRate = 375_000
        print(Watching(path: path, bytes: 50_000, seconds: 6).run(PacerRule()))
        PacerRule.traces = false
    }
}
