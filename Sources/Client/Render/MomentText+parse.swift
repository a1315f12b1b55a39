import Glibc
import Wire

extension MomentText {
  /// A moment as people type it in the machine's time zone: `14:30` is of the day of `here`, `2026-03-04` is its
  /// beginning, `2026-03-04 14:30` may have seconds or a zone of its own, `-10m` and `+2h` count from `here`.
  /// - Parameter here: the moment that the text is about; nil leaves the dates.
  /// - Returns: nil for a text that is none of these.
  static func parse(_ text: String, from here: Timestamp?) -> Timestamp? {
    let text = text.filter { !$0.isNewline }.trimmingSpaces
    if let sign = text.first, sign == "-" || sign == "+" {
      guard let here, let length = DurationText.parse(String(text.dropFirst())) else { return nil }
      let by = Int64(length.milliseconds)
      let (sum, isTooFar) = here.milliseconds.addingReportingOverflow(sign == "-" ? -by : by)
      return isTooFar ? nil : Timestamp(milliseconds: sum)
    }
    if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("-") {
      guard let here else { return nil }
      let hour = text[..<colon].count == 1 ? "0" + text : text
      return ofLocal(local(here).prefix(10) + "T" + hour)
    }
    return ofLocal(text)
  }

  /// ISO 8601, where no zone is the machine's.
  private static func ofLocal(_ text: String) -> Timestamp? {
    guard text.contains("-"), let moment = Timestamp(iso8601: text) else { return nil }
    // With a zone it is another moment, or no text any more that a second zone could follow.
    guard Timestamp(iso8601: (text.count > 10 ? text : text + "T00:00") + "Z") != nil else { return moment }
    var (seconds, rest) = (moment.milliseconds / 1000, moment.milliseconds % 1000)
    if rest < 0 { (seconds, rest) = (seconds - 1, rest + 1000) }
    var clock = time_t(seconds)
    var fields = tm()
    guard gmtime_r(&clock, &fields) != nil else { return nil }
    // Whether summer time holds then is for the zone to say.
    fields.tm_isdst = -1
    return Timestamp(milliseconds: Int64(mktime(&fields)) * 1000 + rest)
  }
}

extension String {
  /// Without blanks at its ends.
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
