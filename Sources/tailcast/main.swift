import Client
import Glibc

// A peer that goes away in the middle of a write is an error of that write, not the end of the process.
signal(SIGPIPE, SIG_IGN)

let environment = ProcessEnvironment.all()
let surroundings = Surroundings.ofProcess(environment: environment)
let command = TailcastCommand(
  version: Version.current,
  serve: {
    ServerProcess(configuration: $0, notice: ServiceNotice(environment: environment)).run()
  },
  local: { configuration, stays throws(LocalFault) in
    try PrivateServer(configuration: configuration, stays: stays)
  })
exit(command.run(arguments: Array(CommandLine.arguments.dropFirst()), surroundings: surroundings))
