import Testing

/// `#expect` for values whose reading changes them: the macro takes its arguments as constants.
func same<Value: Equatable>(
  _ value: Value, _ wanted: Value, _ comment: Comment? = nil, at location: SourceLocation = #_sourceLocation
) {
  #expect(value == wanted, comment, sourceLocation: location)
}

/// The same for a condition.
func holds(_ condition: Bool, _ comment: Comment? = nil, at location: SourceLocation = #_sourceLocation) {
  #expect(condition, comment, sourceLocation: location)
}
