import Tail
import Wire

/// Writes tokens: the sum of all models, and each model's.
enum UsageJSON {
  /// `usage` and `model_usage` into an object; nothing when no call has been told of.
  static func write(_ usage: [ModelUsage], into writer: inout JSONWriter) {
    guard !usage.isEmpty else { return }
    writer.key("usage")
    write(usage.reduce(0) { $0 + $1.calls }, usage.reduce(TokenUsage()) { $0 + $1.tokens }, into: &writer)
    writer.key("model_usage")
    writer.object { writer in
      for model in usage {
        writer.key(model.model)
        write(model.calls, model.tokens, into: &writer)
      }
    }
  }

  private static func write(_ calls: Int, _ tokens: TokenUsage, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("calls", calls)
      writer.field("input_tokens", tokens.input)
      writer.field("output_tokens", tokens.output)
      writer.field("cache_read_input_tokens", tokens.cacheRead)
      writer.field("cache_creation_input_tokens", tokens.cacheCreation)
      writer.field("reasoning_output_tokens", tokens.reasoning)
      writer.field("total_tokens", tokens.total)
    }
  }
}
