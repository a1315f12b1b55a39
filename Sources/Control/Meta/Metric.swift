import StreamServer
import Wire

/// One family of measurements (Prometheus' data model).
struct Metric: Sendable {
  /// What kind of numbers it has.
  enum Kind: String, Sendable { case counter, gauge, histogram }

  /// One number.
  struct Sample: Sendable {
    /// `_bucket`, `_sum`, `_count` of a histogram; empty otherwise.
    var suffix = ""
    var labels: [(name: String, value: String)] = []
    var value: Double
  }

  var name: String
  var kind: Kind
  var help: String
  var samples: [Sample]

  init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    self.name = "tailcast_" + name
    self.kind = kind
    self.help = help
    self.samples = samples
  }

  init(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
    self.init(name, kind, help, [Sample(value: Double(value))])
  }
}

/// Writes metrics in Prometheus' text format 0.0.4.
enum PrometheusText {
  static func response(_ metrics: [Metric]) -> Response {
    var text = ""
    for metric in metrics {
      text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
      for sample in metric.samples {
        text += metric.name + sample.suffix
        if !sample.labels.isEmpty {
          text +=
            "{" + sample.labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(number(sample.value))\n"
      }
    }
    return Response(
      status: 200, headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
      body: Array(text.utf8))
  }

  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
  }
}

/// Writes metrics as JSON: `{"metrics":[{name,type,help,samples:[{labels,value}]}]}`.
enum MetricsJSON {
  static func response(_ metrics: [Metric]) -> Response {
    var writer = JSONWriter(reserving: 8192)
    writer.object { writer in
      writer.key("metrics")
      writer.array { writer in
        for metric in metrics {
          writer.object { writer in
            writer.field("name", metric.name)
            writer.field("type", metric.kind.rawValue)
            writer.field("help", metric.help)
            writer.key("samples")
            writer.array { writer in for sample in metric.samples { write(sample, metric, into: &writer) } }
          }
        }
      }
    }
    return .json(writer.take())
  }

  private static func write(_ sample: Metric.Sample, _ metric: Metric, into writer: inout JSONWriter) {
    writer.object { writer in
      if !sample.suffix.isEmpty { writer.field("name", metric.name + sample.suffix) }
      writer.key("labels")
      writer.object { writer in
        for label in sample.labels {
          writer.key(label.name)
          writer.value(label.value)
        }
      }
      writer.field("value", sample.value)
    }
  }
}
