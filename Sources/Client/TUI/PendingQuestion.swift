import Wire

/// What an agent asks and may be answered, `GET sessions/{id}/pending`. A value.
struct PendingQuestion: Equatable {
  /// The question and its options, line by line.
  let lines: [String]

  /// An answer of the server; one without a question says so.
  init(_ body: [UInt8]) {
    guard let asked = JSONSlice(validating: body)?["pending"], !asked.isNull else {
      lines = ["the agent asks nothing that can be answered here"]
      return
    }
    let question = GridText.of(asked["question"]?.string ?? "the agent waits for an answer")
    let options = (asked["options"]?.elements ?? []).map { option in
      "  \(option["number"]?.int ?? 0)  \(GridText.line(option["label"]?.string ?? ""))"
    }
    lines = question.split(separator: "\n").map(String.init) + options
  }
}
