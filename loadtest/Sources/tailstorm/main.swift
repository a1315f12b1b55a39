import Glibc
import Storm

/// Writes at once: a table must stand in a pipe when its scenario has ended.
func say(_ text: String, to descriptor: Int32 = 1) {
  var left = Array((text + "\n").utf8)[...]
  while !left.isEmpty {
    let wrote = left.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if wrote < 0, errno == EINTR { continue }
    guard wrote > 0 else { return }
    left = left.dropFirst(wrote)
  }
}

let command: StormCommand
do throws(ScenarioFault) {
  command = try StormCommand(Array(CommandLine.arguments.dropFirst()))
} catch {
  say("tailstorm: \(error)", to: 2)
  exit(2)
}
if let help = command.help {
  say(help == .usage ? StormCommand.usage : StormCommand.keys)
  exit(0)
}
var passed = true
for file in command.files {
  do {
    let result = try await Run(try command.scenario(file), command.options).result()
    say(command.json ? result.json : result.table)
    passed = passed && result.passed
  } catch let fault as ScenarioFault {
    say("tailstorm: \(fault)", to: 2)
    exit(2)
  } catch {
    say("tailstorm: \(file): \(error)", to: 2)
    passed = false
  }
}
exit(passed ? 0 : 1)
