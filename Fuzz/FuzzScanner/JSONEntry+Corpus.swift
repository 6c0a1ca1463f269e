extension JSONEntry {
    static let corpus: [[UInt8]] =
        texts.map { Array($0.utf8) } + [
            Array("\"".utf8) + [0xC3, 0xA9, 0xE4, 0xB8, 0xAD, 0xF0, 0x9F, 0x98, 0x80, 0xF4, 0x8F, 0xBF, 0xBF] + [0x22],
            Array("[\"1234567".utf8) + [0xED, 0x9F, 0xBF, 0xEE, 0x80, 0x80] + Array("\"]".utf8),
            [UInt8](repeating: 0x5B, count: 128) + [UInt8](repeating: 0x5D, count: 128),
            [UInt8](repeating: 0x5B, count: 129) + [UInt8](repeating: 0x5D, count: 129),
        ]

    private static let texts = [
        "0", "-0.0e-0", "[1,-2.5,3e400,18446744073709551616]", "[9223372036854775807,-9223372036854775808]", "true",
        " [ true , false , null ] ", "\"\"", #""\"\\\/\b\f\n\r\t""#, #""\u0000\u0041\u00e9\uFFFF""#,
        #""\ud83d\ude00 \ud83d \ude00 \ud83d\u0041""#, "{}", "[]", "[[],{},[[]],[{}]]", #"{"a":1,"a":2,"\u0061":3}"#,
        #"{"":{"":{"":[]}}}"#, #"{"a b":"}","c":"]","d":"\"{["}"#, "\t\r\n {\t\"a\"\r:\n1 }\n",
        #"{"a":"x1234567890","bb":"x12345678901","ccc":"\\\\\\\"","dddd":"中文日本😀"}"#,
        #"{"model":"m","messages":[{"role":"user","content":"Say \"hi\"\nnow"}],"temperature":0.7,"n":1}"#,
        #"{"id":"c-1","choices":[{"index":0,"message":{"content":"demand\u00e9e","refusal":null},"finish_reason":"stop"}],"#
            + #""usage":{"prompt_tokens":91,"completion_tokens":46}}"#,
        #"{"error":{"message":"Rate limit: try again in 20ms.","type":"requests","param":null,"code":"rate_limit"}}"#,
        #"{"custom_id":"r-7","body":{"input":[1,2,3]},"sluice":{"id":"r-7","hash":"00ff"}}"#,
        "\"a\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "[0,\"\",[],{},0,\"\",[],{}]",
        "{\"a\":[1,{\"b\":[2,{\"c\":[3,{\"d\":[4]}]}]}]}", "123456789012345678901234567890.123456789e-10", "\u{FEFF}{}",
    ]

    static let tokens: [[UInt8]] =
        [
            "\"", "\\", "\\\\", "\\\"", "\\u", "\\u00e9", "\\ud83d", "\\ude00", "{", "}", "[", "]", "{}", "[]", ":",
            ",", "0",
            "-", ".", "e", "E+", "1e9", " ", "\n", "\t", "true", "false", "null", "\"a\":", ",\"a\":1", "[[[[[[[[", "中",
            "😀",
            "12345678", "aaaaaaaaaaaaaaaa",
        ].map { Array($0.utf8) } + [
            [0x00], [0x1F], [0x7F], [0x80], [0xBF], [0xC0, 0x80], [0xC2], [0xE0, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xF0, 0x9F], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF],
        ]
}
