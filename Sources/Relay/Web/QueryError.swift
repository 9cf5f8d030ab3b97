/// A mistake in a request's query, as a sentence for the client.
struct QueryError: Error, Equatable {
    var sentence: String
}
