import RelayConfiguration

extension RelayConfiguration {
    /// The least limit of open files with which a relay with so many event loops can run with this configuration, if not with all
    /// of its sources at once.
    package func leastDescriptorLimit(loops: Int) -> Int {
        Descriptors.leastLimit(loops: loops, listeners: wantedListeners.count, needs: SourceNeeds(self))
    }
}
