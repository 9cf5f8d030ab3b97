import CameraURL
import RelayConfiguration
import Testing

/// Environment variables in values.
@Suite struct VariableTextTests {
    @Test(arguments: [
        ("${HOST}", "h.example"), ("x${HOST}y", "xh.exampley"), ("${NONE:-other}", "other"), ("${EMPTY:-other}", "other"),
        ("${HOST:-other}", "h.example"), ("${EMPTY}x", "x"), ("${NONE:-}x", "x"), ("${HOST}.${HOST}", "h.example.h.example"),
    ])
    func variablesComeFromTheEnvironment(text: String, host: String) throws {
        let environment = ["HOST": "h.example", "EMPTY": ""]
        let camera = CameraURL(scheme: .http, host: host, port: 80, target: "/")
        #expect(try parse("sources: {a: 'http://\(text)/'}", environment: environment).sources.map(\.upstream) == [.camera(camera)])
    }

    @Test func variablesAreNeverReadAsYAMLOrReplacedAgain() throws {
        let environment = ["VALUE": "a: [b, ${OTHER}] # &c *d\" '", "PORT": "8080"]
        let configuration = try parse(
            "sources: {a: {url: http://h/, port: \"${PORT}\", headers: {X: \"${VALUE}\", Y: '$${VALUE} $$${X} $ $x $'}}}",
            environment: environment)
        #expect(configuration.sources.first?.port == 8080)
        #expect(configuration.sources.first?.headers.map(\.value) == ["a: [b, ${OTHER}] # &c *d\" '", "${VALUE} $${X} $ $x $"])
    }

    @Test(arguments: [
        ("a${NONE}b", ["relay.yaml:2:19: environment variable 'NONE' is not set; ${NONE:-default} would give it a default"]),
        ("'${NONE}'", ["relay.yaml:2:19: environment variable 'NONE' is not set; ${NONE:-default} would give it a default"]),
        ("\"\\x61${NONE}\"", ["relay.yaml:2:18: environment variable 'NONE' is not set; ${NONE:-default} would give it a default"]),
        (
            "${NONE}${NIL}",
            [
                "relay.yaml:2:18: environment variable 'NONE' is not set; ${NONE:-default} would give it a default",
                "relay.yaml:2:25: environment variable 'NIL' is not set; ${NIL:-default} would give it a default",
            ]
        ),
        ("${}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${A", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${1A}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${A-b}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${A:-${B}}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${BAD}", ["relay.yaml:2:18: 'stall_timeout' in 'defaults' must be a duration from 100ms to 1h, such as 10s"]),
        ("${LONG}${LONG}", ["relay.yaml:2:25: the value is too long with its variables replaced"]),
    ])
    func variablesThatCannotBeReplaced(value: String, expected: [String]) {
        let environment = ["BAD": "secret", "LONG": String(repeating: "x", count: 40_000)]
        #expect(problems("defaults:\n  stall_timeout: \(value)\nsources: {a: http://h/}", environment: environment) == expected)
    }
}
