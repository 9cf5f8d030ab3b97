/// Stands for a camera's certificate, which a description may hold and no body shows.
package struct Certificate: Equatable, Sendable {}
