import CYAML

/// A value of a YAML file and the line it stands on: scalars stay text, for the setting knows what it wants.
indirect enum YAMLNode {
  /// Text. `isPlain` tells `~` from `"~"`.
  case scalar(String, isPlain: Bool, line: Int)
  case list([YAMLNode], line: Int)
  case mapping([(key: String, line: Int, value: YAMLNode)], line: Int)

  /// The line that the value begins on, from 1.
  var line: Int {
    switch self {
    case .scalar(_, _, let line), .list(_, let line), .mapping(_, let line): line
    }
  }
}

/// Why a text is not YAML that a configuration may use.
struct YAMLFault: Error, Equatable {
  /// From 1.
  var line: Int
  var reason: String
}

/// One pass of libyaml over a text. Owns the parser's memory; lives on the stack of `parse`.
struct YAMLReader: ~Copyable {
  /// Nesting that no real configuration needs; deeper would exhaust the stack.
  private static let depthLimit = 16
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  private init() throws(YAMLFault) {
    parser = .allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw YAMLFault(line: 0, reason: "out of memory")
    }
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The one document of a text; nil when it holds nothing but comments.
  static func parse(_ text: [UInt8]) throws(YAMLFault) -> YAMLNode? {
    let reader = try YAMLReader()
    // The parser keeps the pointer between calls, so the bytes must not move until it is deleted.
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.count))
    defer { input.deallocate() }
    _ = input.initialize(from: text)
    yaml_parser_set_input_string(reader.parser, input.baseAddress, text.count)
    return try reader.document()
  }

  private func document() throws(YAMLFault) -> YAMLNode? {
    var root: YAMLNode?
    while true {
      var event = try next()
      let line = Self.line(event)
      switch event.type {
      case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT: yaml_event_delete(&event)
      case YAML_STREAM_END_EVENT:
        yaml_event_delete(&event)
        return root
      case YAML_DOCUMENT_START_EVENT:
        yaml_event_delete(&event)
        if root != nil { throw YAMLFault(line: line, reason: "more than one document") }
        var first = try next()
        root = try node(&first, depth: 0)
      default:
        yaml_event_delete(&event)
        throw YAMLFault(line: line, reason: "not a mapping of settings")
      }
    }
  }

  private func next() throws(YAMLFault) -> yaml_event_t {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
      throw YAMLFault(line: Int(parser.pointee.problem_mark.line) + 1, reason: problem)
    }
    return event
  }

  private func node(_ event: inout yaml_event_t, depth: Int) throws(YAMLFault) -> YAMLNode {
    defer { yaml_event_delete(&event) }
    let line = Self.line(event)
    guard depth < Self.depthLimit else { throw YAMLFault(line: line, reason: "nested too deeply") }
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, line: line)
    case YAML_SEQUENCE_START_EVENT:
      var items: [YAMLNode] = []
      while var item = try element(until: YAML_SEQUENCE_END_EVENT) {
        items.append(try node(&item, depth: depth + 1))
      }
      return .list(items, line: line)
    case YAML_MAPPING_START_EVENT:
      var members: [(key: String, line: Int, value: YAMLNode)] = []
      while var keyEvent = try element(until: YAML_MAPPING_END_EVENT) {
        guard case .scalar(let key, _, let keyLine) = try node(&keyEvent, depth: depth + 1) else {
          throw YAMLFault(line: line, reason: "a key must be text")
        }
        var valueEvent = try next()
        members.append((key, keyLine, try node(&valueEvent, depth: depth + 1)))
      }
      return .mapping(members, line: line)
    default:
      throw YAMLFault(line: line, reason: "aliases are not supported here")
    }
  }

  /// The next event, or nil when it ends the collection.
  private func element(until end: yaml_event_type_t) throws(YAMLFault) -> yaml_event_t? {
    var event = try next()
    guard event.type == end else { return event }
    yaml_event_delete(&event)
    return nil
  }

  private static func line(_ event: yaml_event_t) -> Int { Int(event.start_mark.line) + 1 }
}
