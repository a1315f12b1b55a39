/// One setting: its key, what it means, how its text reads, and which property of `Configuration` it sets.
///
/// The list `Setting.all` is the only declaration: reading, checking, suggestions and the example file are made of it.
public struct Setting: Sendable {
  /// The dotted key, such as `tail.poll_interval`.
  public let key: String
  /// What it means, for the example file; one or more sentences.
  public let meaning: String
  /// What a right value looks like, for messages.
  public let form: String
  /// True when the value is a list.
  public let isList: Bool
  /// Sets the property; false when the texts are not of the setting's form.
  let apply: @Sendable (_ texts: [String], _ configuration: inout Configuration) -> Bool
  /// The value as text, one item for each element of a list.
  let texts: @Sendable (Configuration) -> [String]

  /// The variable that sets it: `TAILCAST_TAIL_POLL_INTERVAL`.
  public var variable: String {
    "TAILCAST_" + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
  }

  /// The part of the key before its dot, or nil for a setting of the top level.
  var section: String? { key.firstIndex(of: ".").map { String(key[..<$0]) } }
  /// The part of the key after its dot.
  var name: String { key.firstIndex(of: ".").map { String(key[key.index(after: $0)...]) } ?? key }
}

typealias Property<Value> = WritableKeyPath<Configuration, Value> & Sendable

extension Setting {
  /// A setting of one value, with its text form in both directions.
  private static func single<Value: Sendable>(
    _ key: String, _ property: any Property<Value>, _ meaning: String, form: String,
    parse: @escaping @Sendable (String) -> Value?, format: @escaping @Sendable (Value) -> String
  ) -> Setting {
    Setting(
      key: key, meaning: meaning, form: form, isList: false,
      apply: { texts, configuration in
        guard texts.count == 1, let value = parse(texts[0]) else { return false }
        configuration[keyPath: property] = value
        return true
      },
      texts: { [format($0[keyPath: property])] })
  }

  /// Bytes.
  static func bytes(
    _ key: String, _ property: any Property<Int>, _ range: ClosedRange<Int>, _ meaning: String
  ) -> Setting {
    let bounds = "from \(ByteSize.format(range.lowerBound)) to \(ByteSize.format(range.upperBound))"
    return single(
      key, property, meaning, form: "a size such as 8MiB or 64K, \(bounds)",
      parse: { ByteSize.parse($0).flatMap { range.contains($0) ? $0 : nil } }, format: ByteSize.format)
  }

  /// A duration. `never` says that 0 is allowed below the range and switches the thing off.
  static func duration(
    _ key: String, _ property: any Property<Duration>, _ range: ClosedRange<Duration>, orZero: Bool = false,
    _ meaning: String
  ) -> Setting {
    let bounds = "from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
    return single(
      key, property, meaning,
      form: "a duration such as 100ms, 15s or 10m, \(bounds)\(orZero ? ", or 0" : "")",
      parse: { text in
        DurationText.parse(text).flatMap { range.contains($0) || (orZero && $0 == .zero) ? $0 : nil }
      }, format: DurationText.format)
  }

  /// A number of things.
  static func count(
    _ key: String, _ property: any Property<Int>, _ range: ClosedRange<Int>, _ meaning: String
  ) -> Setting {
    single(
      key, property, meaning, form: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } }, format: { "\($0)" })
  }

  /// Yes or no.
  static func flag(_ key: String, _ property: any Property<Bool>, _ meaning: String) -> Setting {
    single(
      key, property, meaning, form: "true or false",
      parse: {
        [
          "true": true, "yes": true, "on": true, "1": true, "false": false, "no": false, "off": false,
          "0": false,
        ][$0]
      },
      format: { "\($0)" })
  }

  /// One of a few words.
  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, _ property: any Property<Choice>, _ meaning: String
  ) -> Setting {
    single(
      key, property, meaning, form: Choice.allCases.map(\.rawValue).joined(separator: " or "),
      parse: { Choice(rawValue: $0) }, format: { $0.rawValue })
  }

  /// Text that is not empty, unless nothing is a value too.
  static func text(
    _ key: String, _ property: any Property<String>, form: String, orNone: Bool = false, _ meaning: String
  ) -> Setting {
    single(key, property, meaning, form: form, parse: { $0.isEmpty && !orNone ? nil : $0 }, format: { $0 })
  }

  /// A list of values, each read by `parse`.
  static func list<Value: Sendable>(
    _ key: String, _ property: any Property<[Value]>, form: String,
    parse: @escaping @Sendable (String) -> Value?, format: @escaping @Sendable (Value) -> String,
    _ meaning: String
  ) -> Setting {
    Setting(
      key: key, meaning: meaning, form: form, isList: true,
      apply: { texts, configuration in
        let values = texts.map(parse)
        guard !values.contains(where: { $0 == nil }) else { return false }
        configuration[keyPath: property] = values.compactMap { $0 }
        return true
      },
      texts: { $0[keyPath: property].map(format) })
  }
}
