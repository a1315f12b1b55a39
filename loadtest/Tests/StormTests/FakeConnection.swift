import Glibc

@testable import Storm

/// One connection of a `FakeServer`, blocking on its thread.
final class FakeConnection {
  private let fd: Int32
  private let root: String
  private let lie: FakeServer.Lie
  private let isStopped: () -> Bool
  private var random = SplitMix(seed: 42)
  private var isWebSocket = false
  private var view = "raw"
  private var session = ""
  private var after: UInt64 = 0
  /// The line at which a cheat happens.
  private static let lyingLine = 7

  init(_ fd: Int32, _ root: String, _ lie: FakeServer.Lie, isStopped: @escaping () -> Bool) {
    self.fd = fd
    self.root = root
    self.lie = lie
    self.isStopped = isStopped
  }

  func serve() {
    guard let request = readHead() else { return }
    let target = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    if target.hasPrefix("/publish/") { return takePosts(first: request) }
    guard target == "/ws" || target.contains("/stream?") else {
      transmit(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
      return
    }
    if lie == .refuses {
      transmit(Array("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n".utf8))
      return
    }
    isWebSocket = target == "/ws"
    if isWebSocket {
      transmit(
        Array("HTTP/1.1 101 X\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n".utf8))
      subscribe(readMessage())
      transmit(frame(Array(#"{"op":"ack","ref":1}"#.utf8)))
    } else {
      session = String(target.split(separator: "/")[3])
      view = target.hasSuffix("events") ? "events" : "raw"
      after = Self.offset(request, behind: "Last-Event-ID: ") ?? 0
      transmit(Array("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".utf8))
    }
    stream()
  }

  // MARK: The request

  private func readHead() -> String? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
      guard let byte = readByte() else { return nil }
      head.append(byte)
    }
    return String(decoding: head, as: UTF8.self)
  }

  /// Answers posts and drops them: the file says the same.
  private func takePosts(first: String) {
    var request: String? = first
    while let head = request {
      let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }?.dropFirst(16)
      for _ in 0..<(length.flatMap { Int($0) } ?? 0) { _ = readByte() }
      transmit(Array("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".utf8))
      request = readHead()
    }
  }

  private func readByte() -> UInt8? {
    var byte: UInt8 = 0
    return recv(fd, &byte, 1, 0) == 1 ? byte : nil
  }

  private func readMessage() -> String {
    guard readByte() != nil, let second = readByte() else { return "" }
    var length = Int(second & 0x7f)
    if length == 126 { length = Int(readByte() ?? 0) << 8 | Int(readByte() ?? 0) }
    let key = (0..<4).map { _ in readByte() ?? 0 }
    return String(decoding: (0..<length).map { (readByte() ?? 0) ^ key[$0 & 3] }, as: UTF8.self)
  }

  private func subscribe(_ text: String) {
    let parts = text.split(separator: "\"").map(String.init)
    session = String(parts.first { $0.hasPrefix("transcript:") }?.dropFirst(11) ?? "")
    view = parts.contains("events") ? "events" : "raw"
    after = Self.offset(text, behind: "\"after\":\"") ?? 0
  }

  private static func offset(_ text: String, behind marker: String) -> UInt64? {
    with(text) { bytes -> UInt64? in
      var at = 0
      let wanted = Array(marker.utf8)
      while at + wanted.count + 10 <= bytes.count {
        if bytes.cut(at, at + wanted.count).buffer.elementsEqual(wanted) {
          let digits = bytes.dropFirst(at + wanted.count + 9).buffer.prefix { $0 &- 48 < 10 }
          return UInt64(String(decoding: digits, as: UTF8.self))
        }
        at += 1
      }
      return nil
    }
  }

  // MARK: The stream

  private func stream() {
    let file = open("\(root)/\(session).jsonl", O_RDONLY)
    guard file >= 0 else { return }
    defer { close(file) }
    let hello = lie == .greetsElsewhere ? after + 1 : after
    send("hello", hello, "{}")
    var unread: [UInt8] = []
    var offset = after
    var line = 0
    while !isStopped() {
      var page = [UInt8](repeating: 0, count: 64 << 10)
      let got = pread(file, &page, page.count, Int(offset) + unread.count)
      guard got > 0 else {
        var idle = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        // Nobody sends anything more: readable means gone.
        if poll(&idle, 1, 1) == 1, idle.revents & Int16(POLLHUP | POLLERR) != 0 || readByte() == nil {
          return
        }
        continue
      }
      unread += page.prefix(got)
      while let end = unread.firstIndex(of: 0x0a) {
        let record = Array(unread[..<end])
        unread.removeFirst(end + 1)
        offset += UInt64(end) + 1
        if !deliver(record, offset, line: line) { return }
        line += 1
      }
    }
  }

  /// Sends one record, or what the lie makes of it; false to hang up.
  private func deliver(_ record: [UInt8], _ offset: UInt64, line: Int) -> Bool {
    var record = record
    var offset = offset
    var times = 1
    var epoch = "9f3c21aa"
    if line == Self.lyingLine {
      switch lie {
      case .skipsALine: times = 0
      case .repeatsALine: times = 2
      case .changesAByte: record[record.count - 20] ^= 1
      case .namesAnotherOffset: offset -= 3
      case .namesAnotherEpoch: epoch = "00000001"
      case .resets: send("reset", offset, "{}")
      case .hangsUp: return false
      case .breaksChunks: transmit(Array("what is this\r\n".utf8))
      case .inventsAnEvent: send("surprise", nil, "{}")
      case .none, .refuses, .greetsElsewhere, .sendsNothing: break
      }
    }
    if lie == .sendsNothing, line >= Self.lyingLine { return true }
    let text = String(decoding: record, as: UTF8.self)
    for _ in 0..<times {
      if view == "raw" {
        send("", offset, text, epoch: epoch)
      } else {
        let content = with(text) { String(decoding: LinePattern.content(of: $0).buffer, as: UTF8.self) }
        send(
          "message", offset,
          "{\"id\":\"\(epoch)-\(offset)\",\"blocks\":[{\"type\":\"text\",\"text\":\"\(content)\"}]}",
          epoch: epoch)
      }
    }
    return true
  }

  private func send(_ event: String, _ offset: UInt64?, _ data: String, epoch: String = "9f3c21aa") {
    let id = offset.map { "\(epoch)-\($0)" }
    if isWebSocket {
      let idText = id.map { ",\"id\":\"\($0)\"" } ?? ""
      let name = event.isEmpty ? "message" : event
      transmit(
        frame(
          Array(
            "{\"op\":\"event\",\"topic\":\"transcript:\(session)\",\"event\":\"\(name)\"\(idText),\"data\":"
              .utf8)
            + Array(data.utf8) + [UInt8(ascii: "}")]))
    } else {
      let text =
        (event.isEmpty ? "" : "event: \(event)\n") + (id.map { "id: \($0)\n" } ?? "") + "data: \(data)\n\n"
      transmit(Array((String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n").utf8))
    }
  }

  private func frame(_ payload: [UInt8]) -> [UInt8] {
    let length = payload.count
    if length < 126 { return [0x81, UInt8(length)] + payload }
    if length < 65_536 { return [0x81, 126, UInt8(length >> 8), UInt8(length & 255)] + payload }
    return [0x81, 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) } + payload
  }

  /// Sends in pieces that end anywhere, so that readers see every kind of cut.
  private func transmit(_ bytes: [UInt8]) {
    var left = bytes[...]
    while !left.isEmpty {
      let piece = Array(left.prefix(random.next(in: 1...4000)))
      let sent = Glibc.send(fd, piece, piece.count, Int32(MSG_NOSIGNAL))
      guard sent > 0 else { return }
      left = left.dropFirst(sent)
    }
  }
}
