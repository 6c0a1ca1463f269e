import SluiceCore
import Testing

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("https://api.openai.com/v1", "https://api.openai.com/v1", 443),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1", 443),
        ("https://api.openai.com", "https://api.openai.com", 443),
        ("HTTPS://API.OpenAI.com/V1", "https://api.openai.com/V1", 443),
        ("http://gpu-1:8000/v1", "http://gpu-1:8000/v1", 8000),
        ("http://gpu-1:80", "http://gpu-1", 80), ("api.example.com/v1", "https://api.example.com/v1", 443),
        ("localhost:8080/v1", "http://localhost:8080/v1", 8080), ("127.0.0.1:1234", "http://127.0.0.1:1234", 1234),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1", 8080), ("[::1]", "http://[::1]", 80),
        ("https://h/a/b///", "https://h/a/b", 443),
    ])
    func `an address is read and written in one form`(text: String, form: String, port: Int) throws {
        let url = try BaseURL(text)
        #expect(url.description == form)
        #expect(url.port == port)
        #expect(try BaseURL(form) == url)
    }

    @Test(arguments: [
        "", "https://", "https:///v1", "ftp://host/v1", "://host", "https://host:0", "https://host:65536",
        "https://host:",
        "https://host:abc", "https://host:-1", "https://host/v1?key=1", "https://host/#a", "https://user:w0rd@host/v1",
        "https://u:p4#zz@host/v1", "https://u:p4?zz@host/v1", "https://host/v1?k3y=a@b",
        "https://ho st/v1", "https://host/\n", "https://host/\u{7F}", "http://[::1", "http://[::1]x", "http://[]",
    ])
    func `what is no address of a server is refused as a mistake in the configuration`(text: String) {
        let secrets = ["p4", "zz", "k3y", "w0rd"]
        let error = #expect(throws: SluiceError.self) { try BaseURL(text) }
        #expect(error?.code == .configuration)
        #expect(error?.hint != nil)
        #expect(secrets.allSatisfy { error?.message.contains($0) == false })
    }

    @Test(arguments: [
        ("http://localhost", true, true), ("http://a.localhost", true, true), ("http://127.0.0.1", true, true),
        ("http://127.9.9.9", true, true), ("http://[::1]", true, true), ("http://10.0.0.1", false, true),
        ("http://192.168.1.1", false, true), ("http://172.16.0.1", false, true), ("http://172.31.0.1", false, true),
        ("http://172.15.0.1", false, false), ("http://172.32.0.1", false, false), ("http://192.169.1.1", false, false),
        ("http://169.254.0.1", false, true), ("http://8.8.8.8", false, false), ("http://gpu-1", false, true),
        ("http://nas.local", false, true), ("http://db.internal", false, true), ("http://[fd00::1]", false, true),
        ("http://[fe80::1]", false, true), ("http://[2001:db8::1]", false, false), ("http://example.com", false, false),
        ("http://fdic.gov", false, false), ("http://10.example.com", false, false),
        ("http://127.0.0.1.example.com", false, false),
        ("http://localhost.example.com", false, false),
    ])
    func `a host of this machine or a private network is told from a public one`(
        text: String, isLoopback: Bool, isPrivate: Bool
    ) throws {
        let url = try BaseURL(text)
        #expect(url.isLoopback == isLoopback)
        #expect(url.isPrivate == isPrivate)
    }

    @Test(arguments: [
        "http://134744072/v1", "http://010.8.8.8/v1", "http://0127.0.0.1/v1", "http://0x7f000001/v1",
        "http://8.8.2056/v1",
        "http://127.1/v1", "http://256.0.0.1/v1", "http://1.2.3.4.5/v1", "http://1.2.3.04/v1", "http://127.0.0.1./v1",
    ])
    func `an address in a spelling that may mean another one is refused`(text: String) {
        let error = #expect(throws: SluiceError.self) { try BaseURL(text) }
        #expect(error?.message.contains("not written as four numbers") == true)
    }

    @Test(arguments: [("http://[fd::1]/v1", false), ("http://[FD00::1]/v1", true), ("http://[FE80::1]/v1", true)])
    func `of addresses of version 6 those of private networks are told by their first group`(
        text: String, isPrivate: Bool
    ) throws {
        #expect(try BaseURL(text).isPrivate == isPrivate)
    }
}
