import Wire

/// Finds the medium that a shown message named by `Media.index` in its record.
///
/// - Returns: Its media type and the base64 text, a JSON string; nil if the record has no such medium.
public func decodeMedia(
  agent: AgentKind, record: JSONSlice, index: Int
) -> (mediaType: String, base64: JSONSlice)? {
  // A decoder without history reads every medium of a record and numbers them as one with history does.
  var decoder = TranscriptDecoder(agent: agent)
  for event in decoder.decode(Record(json: record, start: 0, end: UInt64(record.utf8Count))) {
    for media in event.media where media.index == index {
      if let source = media.source { return (source.mediaType, source.base64) }
    }
  }
  return nil
}

extension TranscriptEvent {
  /// All images and documents that the event refers to.
  var media: [Media] {
    switch self {
    case .message(let message): message.blocks.flatMap(\.media)
    case .update(let update): update.message.blocks.flatMap(\.media)
    default: []
    }
  }
}

extension Block {
  fileprivate var media: [Media] {
    switch self {
    case .media(let media): [media]
    case .toolResult(let result):
      result.content.compactMap { if case .media(let media) = $0 { media } else { nil } }
    case .text, .thinking, .toolUse: []
    }
  }
}
