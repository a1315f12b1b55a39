extension JSONWriter {
  /// A member: a string.
  public mutating func field(_ key: StaticString, _ value: String) {
    self.key(key)
    self.value(value)
  }

  /// A member: a string; nil is left out.
  public mutating func fieldIfPresent(_ key: StaticString, _ value: String?) {
    if let value { field(key, value) }
  }

  /// A member: a string; nil becomes `null`.
  public mutating func fieldOrNull(_ key: StaticString, _ value: String?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }

  /// A member: a truth value.
  public mutating func field(_ key: StaticString, _ value: Bool) {
    self.key(key)
    self.value(value)
  }

  /// A member: a truth value; nil is left out.
  public mutating func fieldIfPresent(_ key: StaticString, _ value: Bool?) {
    if let value { field(key, value) }
  }

  /// A member: a truth value; nil becomes `null`.
  public mutating func fieldOrNull(_ key: StaticString, _ value: Bool?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }

  /// A member: a number; not finite becomes `null`.
  public mutating func field(_ key: StaticString, _ value: Double) {
    self.key(key)
    self.value(value)
  }

  /// A member: a number; not finite becomes `null`; nil is left out.
  public mutating func fieldIfPresent(_ key: StaticString, _ value: Double?) {
    if let value { field(key, value) }
  }

  /// A member: a number; not finite becomes `null`; nil becomes `null`.
  public mutating func fieldOrNull(_ key: StaticString, _ value: Double?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }

  /// A member: a value that is JSON already.
  public mutating func field(_ key: StaticString, _ value: JSONSlice) {
    self.key(key)
    self.value(value)
  }

  /// A member: a value that is JSON already; nil is left out.
  public mutating func fieldIfPresent(_ key: StaticString, _ value: JSONSlice?) {
    if let value { field(key, value) }
  }

  /// A member: a value that is JSON already; nil becomes `null`.
  public mutating func fieldOrNull(_ key: StaticString, _ value: JSONSlice?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }

  /// A member: a whole number.
  public mutating func field<Integer: BinaryInteger>(_ key: StaticString, _ value: Integer) {
    self.key(key)
    self.value(value)
  }

  /// A member: a whole number; nil is left out.
  public mutating func fieldIfPresent<Integer: BinaryInteger>(_ key: StaticString, _ value: Integer?) {
    if let value { field(key, value) }
  }

  /// A member: a whole number; nil becomes `null`.
  public mutating func fieldOrNull<Integer: BinaryInteger>(_ key: StaticString, _ value: Integer?) {
    self.key(key)
    if let value { self.value(value) } else { null() }
  }
}
