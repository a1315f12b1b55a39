/// What one run of a fuzz target was given, and how it reports that a promise does not hold.
///
/// The targets are compiled together with Sources/Wire as one module, so they see its internals.
struct Input {
  let bytes: [UInt8]

  init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    bytes = Array(UnsafeBufferPointer(start: start, count: count))
  }
}

/// Stops the run: libFuzzer keeps the input as a finding.
func demand(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError(promise()) }
}
