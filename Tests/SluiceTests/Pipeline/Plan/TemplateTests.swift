import Sluice
import SluiceCore
import Testing

@Suite struct TemplateTests {
    private func content(_ row: String, _ template: String) throws -> String? {
        let body = try JSON.parse(Bytes(try Body.of(row) { $0.template = template }))
        return body["messages"]?.first?["content"]?.string
    }

    @Test(arguments: [
        (#"{"text":"hi"}"#, "say {{text}}!", "say hi!"),
        (#"{"原文 列":"你好","b":1}"#, "译 {{原文 列}}。", "译 你好。"),
        (#"{"a b":"x"," a b ":"y"}"#, "{{ a b }}{{a b}}", "yx"),
        (#"{"a":1.50,"b":null,"c":[1, "z"],"d":true}"#, "{{a}}|{{b}}|{{c}}|{{d}}", #"1.50||[1, "z"]|true"#),
        (#"{"a":"\u00e9\n\"{{b}}","b":"no"}"#, "{{a}}", "é\n\"{{b}}"),
        (#"{"a":"x"}"#, "{ {{a}} } {\"k\":1}", "{ x } {\"k\":1}"),
        (#""bare""#, "<{{text}}>", "<bare>"),
        ("plain", "<{{text}}>", "<plain>"),
    ])
    func `placeholders are filled with the columns of exactly those names`(
        row: String, template: String, expected: String
    ) throws {
        #expect(try content(row, template) == expected)
    }

    @Test(arguments: ["no placeholder", "an {{open one", "an empty {{}}"])
    func `what is no template stops before anything`(template: String) throws {
        #expect(throws: SluiceError(.configuration, "")) { try content(#"{"text":"x"}"#, template) }
    }
}
