import StreamServer
import Tail
import TestSupport
import Wire

/// Lines of random events as a dialect might make them, not always sensible ones.
struct RandomTranscript {
  typealias Line = (cursor: Cursor, events: [TranscriptEvent])

  private var random: SeededGenerator
  private var serial = 0
  private var messages: [Message] = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func lines(_ count: Int) -> [Line] {
    (0..<count).map { index in
      let events = (0..<pick(0...3)).map { _ in event() }
      return (Cursor(epoch: Epoch(7), offset: UInt64(index + 1) * 100), events)
    }
  }

  private mutating func event() -> TranscriptEvent {
    switch pick(0...19) {
    case 0...6: return .message(said(.assistant))
    case 7...9: return .message(said(.user))
    case 10: return .message(said(.system))
    case 11: return change()
    case 12: return .turn(Turn([.started, .ended, .aborted][pick(0...2)]))
    case 13: return .compaction(Compaction(trigger: "auto"))
    case 14: return .damaged(Damage(start: 0, length: 3, reason: .malformed, recovered: false))
    case 15: return .subagent(call: callID(), sessionID: "child")
    case 16: return .activity(Activity(call: callID(), kind: "bash", text: string("…")))
    case 17: return .meta(key: "title", value: string("t"))
    case 18: return .usage(CallUsage(json(#"{"n":1}"#)))
    default: return .retract(Retract(turns: 1))
    }
  }

  private mutating func said(_ role: Role) -> Message {
    serial += 1
    var message = Message(role: role, uuid: chance(4) ? nil : "u\(serial)")
    message.step = chance(2) ? nil : "m\(serial / 3)"
    message.hidden = chance(8)
    message.isError = chance(8)
    if chance(3) { message.usage = json(#"{"n":2}"#) }
    if chance(12) { message.author = "peer" }
    message.blocks = (0..<pick(0...4)).map { _ in block(role) }
    messages.append(message)
    return message
  }

  private mutating func change() -> TranscriptEvent {
    guard var message = messages.randomElement(using: &random), let uuid = message.uuid else {
      return .branch(parent: "p")
    }
    let old = message.blocks.count
    message.blocks += (0..<pick(0...2)).map { _ in block(message.role) }
    var changed = Array(old..<message.blocks.count)
    if old > 0, chance(2) { changed.insert(pick(0...(old - 1)), at: 0) }
    return .update(MessageUpdate(uuid: uuid, message: message, changed: changed))
  }

  private mutating func block(_ role: Role) -> Block {
    let media = Media(mediaType: "image/png", encodedBytes: 4, index: 0)
    switch pick(0...(role == .assistant ? 7 : 4)) {
    case 0, 1: return .text(string("text"))
    case 2, 3:
      let content: [ResultPart] = chance(2) ? [.text(string("out"))] : [.media(media), .json(json("[]"))]
      return result(callID(), content, isError: chance(3))
    case 4: return .media(media)
    case 5: return .thinking(string("hm"))
    default: return call(callID())
    }
  }

  /// Few ids, so that calls are repeated, answered twice, or never announced.
  private mutating func callID() -> String { "c\(pick(0...5))" }

  private mutating func pick(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

  private mutating func chance(_ oneIn: Int) -> Bool { pick(1...oneIn) == 1 }
}
