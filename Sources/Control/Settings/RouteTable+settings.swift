import StreamServer
import Wire

extension RouteTable {
  /// What clients may change while the server runs (API section 6).
  static let settings: [Route<ControlPlane>] = [
    Route(
      .get, "settings", aliases: ["config"], "The settings that may be changed while the server runs.",
      answers: [
        .init(200, "The settings; the ETag is their version.", schema: "Settings"),
        .init(304, "They are at the version that If-None-Match names.", nil),
      ], errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.showSettings(call) },
    Route(
      .patch, "settings", aliases: ["config"],
      "Change settings by a merge patch; null goes back to the default. All of it holds or none.",
      parameters: [
        Parameter(
          "if-match", .text(maximum: 256), in: .header, "Only if the settings are still at this version.")
      ], body: .json(schema: "SettingsPatch", required: true),
      answers: [.init(200, "The settings as they are stored now.", schema: "Settings")],
      errors: [.versionMismatch, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.patchSettings(call) },
  ]
}

extension Schemas {
  /// What the routes of the settings take and answer.
  static let settings: [(name: String, json: JSONSlice)] = [
    object(
      "Settings",
      [
        "pane_theming_mode": form("pane_theming_mode"),
        "tts": "{\"type\":\"object\",\"required\":[\"enabled\"],\"properties\":{\"enabled\":\(flag)}}",
      ]),
    (
      "SettingsPatch",
      json(
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
          + "\"pane_theming_mode\":\(maybe(form("pane_theming_mode"))),"
          + "\"tts\":{\"type\":[\"object\",\"null\"],\"additionalProperties\":false,\"properties\":"
          + "{\"enabled\":\(maybe(flag))}},\"tts.enabled\":\(maybe(flag))}}")
    ),
  ]

  private static func form(_ key: String) -> String {
    switch LiveSetting.all.first(where: { $0.key == key })?.form {
    case .choice(let words):
      "{\"type\":\"string\",\"enum\":[" + words.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
    case .flag, nil: flag
    }
  }
}
