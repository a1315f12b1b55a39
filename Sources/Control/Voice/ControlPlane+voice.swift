import Reactor
import StreamServer
import Wire

extension ControlPlane {
  /// `POST sessions/{id}/voice`
  func giveRecording(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let entry = try await session(call.id)
    let given = try givenFiles(
      call, for: entry, FileLimit(files: 1, bytes: rules.voice.maxBytes, setting: "voice.max_bytes"))
    guard let program = rules.voice.command.first else {
      throw Problem(.notImplemented, "no program that transcribes is configured: set voice.command") {
        $0.field("reason", "voice.command is empty")
      }
    }
    let kept = try await keep(given, for: entry)
    let heard: Result<String, Problem>
    do throws(Problem) {
      heard = .success(try await transcribe(kept.all[0], by: program))
    } catch {
      heard = .failure(error)
    }
    for file in kept.uploaded { await shelf.discard(file) }
    let text = [given.caption, try heard.get()].compactMap { $0 }.filter { !$0.isEmpty }.joined(
      separator: "\n\n")
    let sent = try await send(text, to: entry, clientID: nil, field: "file_path")
    var writer = JSONWriter()
    writer.object { json in
      json.field("status", "success")
      sent.message.write(into: &json)
      json.field("text", text)
    }
    return .response(.json(writer.take(), status: 201))
  }

  /// What the configured program hears in a recording.
  private func transcribe(_ file: UploadShelf.Kept, by program: String) async throws(Problem) -> String {
    guard file.bytes <= rules.voice.maxBytes else {
      throw Problem(.payloadTooLarge, "the recording is over the setting voice.max_bytes")
    }
    let outcome: ProgramRun.Outcome
    do throws(SystemError) {
      outcome = try await ProgramRun.outcome(
        of: Spawn(program, rules.voice.arguments(file.path)), on: loop, within: rules.voice.timeout,
        most: rules.messages.maxCharacters * 4)
    } catch {
      throw .unheard("it cannot be started: \(error)")
    }
    switch outcome.ending {
    case .tookTooLong: throw Problem(.timeout, "voice.command took longer than voice.timeout")
    case .wroteTooMuch: throw .unheard("it wrote more than a message may have")
    case .exited(.exited(0)): break
    case .exited(.exited(let code)): throw .unheard("it ended with code \(code)")
    case .exited(.signalled(let signal)): throw .unheard("it was ended by signal \(signal)")
    }
    guard let text = String(validating: outcome.output, as: UTF8.self) else {
      throw .unheard("its output is not UTF-8")
    }
    guard !text.isBlank else { throw Problem(.nothingHeard, "nothing is said in the recording") }
    // A terminal would take them for keys.
    let plain = text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t" ? " " : scalar
    }
    return String(String.UnicodeScalarView(plain)).trimmed
  }
}

extension Problem {
  /// The program that transcribes has failed.
  fileprivate static func unheard(_ reason: String) -> Problem {
    Problem(.transcriptionFailed, "voice.command has failed: \(reason)") { $0.field("reason", reason) }
  }
}
