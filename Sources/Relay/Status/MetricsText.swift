import NIOCore

/// The relay in Prometheus' text format (version 0.0.4), names and units by its conventions.
struct MetricsText {
    private var text = ""

    /// Writes all metrics. The configuration bounds the number of series: some for each source, and for each of the source's states and
    /// buckets.
    static func of(relay: RelayReport, sources: [SourceReport]) -> String {
        var metrics = MetricsText()
        metrics.add(relay)
        metrics.add(sources)
        return metrics.text
    }

    private mutating func add(_ relay: RelayReport) {
        family("mjpeg_relay_info", "gauge", "The relay's version.")
        sample("mjpeg_relay_info", 1, [("version", relay.version)])
        family("mjpeg_relay_uptime_seconds", "gauge", "Seconds since the relay started.")
        sample("mjpeg_relay_uptime_seconds", relay.uptime.inSeconds)
        family("mjpeg_relay_last_reload_successful", "gauge", "1 unless the last reload found problems in the configuration.")
        sample("mjpeg_relay_last_reload_successful", relay.reload.problems.isEmpty ? 1 : 0)
        add(relay.certificates)
        family("process_cpu_seconds_total", "counter", "Processor time in seconds.")
        sample("process_cpu_seconds_total", relay.process.processorSeconds)
        let gauges: [(String, String, Int?)] = [
            ("process_resident_memory_bytes", "Resident memory in bytes.", relay.process.memoryBytes),
            (
                "mjpeg_relay_private_memory_bytes", "Memory of the process's own in bytes, files' pages left out.",
                relay.process.privateBytes
            ),
            ("process_open_fds", "Open descriptors.", relay.process.descriptors),
            ("process_max_fds", "The most descriptors that may be open.", relay.process.descriptorLimit),
        ]
        for (name, help, value) in gauges {
            guard let value else { continue }
            family(name, "gauge", help)
            sample(name, Double(value))
        }
    }

    /// One series for each certificate's first name. Two certificates with different kinds of key may have the same first name.
    private mutating func add(_ certificates: [CertificateReport]) {
        guard !certificates.isEmpty else { return }
        let name = "mjpeg_relay_certificate_expiry_seconds"
        family(name, "gauge", "Seconds until the certificate ends that https shows, by its first name.")
        let ends = Dictionary(certificates.map { ($0.names.first ?? "", $0.secondsLeft) }, uniquingKeysWith: min)
        for (host, seconds) in ends.sorted(by: { $0.key < $1.key }) { sample(name, Double(seconds), [("name", host)]) }
    }

    private mutating func add(_ sources: [SourceReport]) {
        each(sources, "mjpeg_relay_source_up", "gauge", "1 while the source streams, else 0.") { $0.status.state == .streaming ? 1 : 0 }
        family("mjpeg_relay_source_state", "gauge", "1 for the state that the source is in, else 0.")
        for source in sources {
            for state in SourceState.allCases {
                let isIn = source.status.state == state
                sample("mjpeg_relay_source_state", isIn ? 1 : 0, [("source", source.name), ("state", state.rawValue)])
            }
        }
        each(sources, "mjpeg_relay_source_state_seconds", "gauge", "Seconds since the source's state last changed.") {
            ($0.now - $0.status.since).inSeconds
        }
        each(sources, "mjpeg_relay_source_last_frame_age_seconds", "gauge", "The age of the source's newest frame in seconds.") { $0.age }
        each(sources, "mjpeg_relay_source_last_frame_bytes", "gauge", "The size of the source's newest frame in bytes.") {
            $0.newest.map { Double($0.frame.jpegLength) }
        }
        each(sources, "mjpeg_relay_source_connects_total", "counter", "Connections to the camera that brought at least one frame.") {
            Double($0.status.connects)
        }
        each(sources, "mjpeg_relay_source_received_frames_total", "counter", "Frames received from the camera.") {
            Double($0.status.framesReceived)
        }
        each(sources, "mjpeg_relay_source_received_bytes_total", "counter", "Bytes of frames received from the camera.") {
            Double($0.status.bytesReceived)
        }
        each(sources, "mjpeg_relay_source_viewers", "gauge", "Viewers connected now.") { Double($0.totals.viewers) }
        each(sources, "mjpeg_relay_source_refused_viewers_total", "counter", "Viewers refused because max_viewers was reached.") {
            Double($0.refused)
        }
        each(sources, "mjpeg_relay_source_sent_frames_total", "counter", "Frames sent to viewers, each viewer's counted.") {
            Double($0.totals.framesSent)
        }
        each(sources, "mjpeg_relay_source_sent_bytes_total", "counter", "Bytes sent to viewers.") { Double($0.totals.bytesSent) }
        each(sources, "mjpeg_relay_source_skipped_frames_total", "counter", "Frames not sent to a viewer because it was behind.") {
            Double($0.totals.framesSkipped)
        }
        let name = "mjpeg_relay_source_frame_delay_seconds"
        family(name, "histogram", "From a frame's last byte in to its last byte handed to the kernel, for each viewer.")
        for source in sources {
            var count: UInt64 = 0
            let label = ("source", source.name)
            for (index, bucket) in source.hub.delay.counts.enumerated() {
                count += bucket
                let bound = index < DelayHistogram.bounds.count ? "\(DelayHistogram.bounds[index])" : "+Inf"
                sample(name + "_bucket", Double(count), [label, ("le", bound)])
            }
            sample(name + "_sum", source.hub.delay.sum, [label])
            sample(name + "_count", Double(count), [label])
        }
    }

    /// One series per source that has a value.
    private mutating func each(
        _ sources: [SourceReport], _ name: String, _ type: String, _ help: String, _ value: (SourceReport) -> Double?
    ) {
        family(name, type, help)
        for source in sources { if let value = value(source) { sample(name, value, [("source", source.name)]) } }
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ value: Double, _ labels: [(String, String)] = []) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escape($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += value == value.rounded() && abs(value) < 1e15 ? " \(Int64(value))\n" : " \(value)\n"
    }

    private static func escape(_ label: String) -> String {
        label.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
