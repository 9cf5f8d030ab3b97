/// A time on a clock that does not go back, or the time between two, in nanoseconds.
package typealias Nanoseconds = Int64
