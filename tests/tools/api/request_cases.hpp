// Byte streams that a server must take as one or two requests, or refuse: the forms that parsers
// read differently.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace assay::testing {

struct RequestCase {
    const char* name;
    std::string bytes;
    int requests;  // complete ones
    int status;    // of the refusal behind them; 0: none
};

inline std::vector<RequestCase> request_cases() {
    const std::string host = "Host: a\r\n";
    const std::string get = "GET / HTTP/1.1\r\n";
    const std::string post = "POST / HTTP/1.1\r\n" + host;
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n";
    const std::string next = "GET /next HTTP/1.1\r\n" + host + "\r\n";
    using namespace std::string_literals;
    return {
        // Taken.
        {"plain", get + host + "\r\n", 1, 0},
        {"two pipelined", get + host + "\r\n" + next, 2, 0},
        {"with a body", post + "Content-Length: 5\r\n\r\nhello" + next, 2, 0},
        {"empty body", post + "Content-Length: 0\r\n\r\n" + next, 2, 0},
        {"chunked", chunked + "\r\n3\r\nabc\r\n0\r\n\r\n" + next, 2, 0},
        {"chunked, upper-case name", post + "TRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n" + next, 2,
         0},
        {"chunk extension", chunked + "\r\n3;a=b\r\nabc\r\n0;x\r\n\r\n" + next, 2, 0},
        {"harmless trailer", chunked + "\r\n0\r\nX-Sum: 1\r\n\r\n" + next, 2, 0},
        {"absolute target", "GET http://a/x HTTP/1.1\r\n" + host + "\r\n", 1, 0},
        {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 1, 0},
        {"UTF-8 in a value", get + host + "X: \xc3\xa9\r\n\r\n", 1, 0},
        {"escapes in the target", "GET /a%20b?q=%23 HTTP/1.1\r\n" + host + "\r\n", 1, 0},
        {"100-continue", post + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx", 1, 0},
        // Framing.
        {"TE identity with CL",
         post + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", 0, 400},
        {"TE chunked, identity", post + "Transfer-Encoding: chunked, identity\r\n\r\n" + next, 0,
         400},
        {"TE identity, chunked", post + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", 0,
         400},
        {"TE gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, 400},
        {"TE unknown", post + "Transfer-Encoding: pigeons\r\n\r\n" + next, 0, 400},
        {"TE empty", post + "Transfer-Encoding:\r\n\r\n" + next, 0, 400},
        {"TE quoted", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 0, 400},
        {"TE with parameter", post + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", 0, 400},
        {"TE twice",
         post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0,
         400},
        {"TE with vertical tab",
         post + "Transfer-Encoding: \x0b"
                "chunked\r\n\r\n0\r\n\r\n",
         0, 400},
        {"TE and CL", chunked + "Content-Length: 5\r\n\r\n0\r\n\r\n", 0, 400},
        {"CL and TE", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0,
         400},
        {"chunked on HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0,
         400},
        {"CL list", post + "Content-Length: 5, 5\r\n\r\nhello", 0, 400},
        {"CL twice, equal", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 0, 400},
        {"CL twice, different", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 0,
         400},
        {"CL negative", post + "Content-Length: -5\r\n\r\n", 0, 400},
        {"CL with plus", post + "Content-Length: +5\r\n\r\nhello", 0, 400},
        {"CL hexadecimal", post + "Content-Length: 0x5\r\n\r\nhello", 0, 400},
        {"CL empty", post + "Content-Length:\r\n\r\n", 0, 400},
        {"CL with blank inside", post + "Content-Length: 5 5\r\n\r\nhello", 0, 400},
        {"CL overflow", post + "Content-Length: 18446744073709551617\r\n\r\n", 0, 400},
        // Chunks.
        {"chunk size with 0x", chunked + "\r\n0x3\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size with underscore", chunked + "\r\n0_3\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size negative", chunked + "\r\n-3\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size with blank", chunked + "\r\n3 \r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size before blank", chunked + "\r\n 3\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size too large", chunked + "\r\n10000000000000003\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size empty", chunked + "\r\n\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size, bare LF", chunked + "\r\n3\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk size, bare CR", chunked + "\r\n3\rabc\r\n0\r\n\r\n", 0, 400},
        {"chunk longer than its size", chunked + "\r\n3\r\nabcd\r\n0\r\n\r\n", 0, 400},
        {"chunk ends with LF", chunked + "\r\n3\r\nabc\n0\r\n\r\n", 0, 400},
        {"chunk extension with LF", chunked + "\r\n3;a\n=b\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"chunk extension of 20 KB",
         chunked + "\r\n3;" + std::string(20'000, 'a') + "\r\nabc\r\n0\r\n\r\n", 0, 400},
        {"trailer with Content-Length", chunked + "\r\n0\r\nContent-Length: 5\r\n\r\n" + next, 0,
         400},
        {"trailer with TE", chunked + "\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n" + next, 0, 400},
        {"trailer with Host", chunked + "\r\n0\r\nHost: b\r\n\r\n" + next, 0, 400},
        {"trailer with Authorization", chunked + "\r\n0\r\nAuthorization: b\r\n\r\n" + next, 0,
         400},
        {"trailer folded", chunked + "\r\n0\r\nA: b\r\n c\r\n\r\n" + next, 0, 400},
        {"trailer too long", chunked + "\r\n0\r\nA: " + std::string(5'000, 'a') + "\r\n\r\n" + next,
         0, 400},
        // Host.
        {"no Host", get + "\r\n", 0, 400},
        {"two Hosts", get + host + host + "\r\n", 0, 400},
        {"Host with user", get + "Host: u@a\r\n\r\n", 0, 400},
        {"Host with path", get + "Host: a/b\r\n\r\n", 0, 400},
        {"Host empty", get + "Host:\r\n\r\n", 0, 400},
        {"Host list", get + "Host: a, b\r\n\r\n", 0, 400},
        {"absolute target, other host", "GET http://b/x HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"absolute target, user", "GET http://u@a/x HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        // Request line.
        {"unknown method", "BREW / HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"lower-case method", "get / HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"CONNECT", "CONNECT a:80 HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"TRACE", "TRACE / HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"HTTP/0.9", "GET /\r\n\r\n", 0, 400},
        {"HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", 0, 400},
        {"HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", 0, 400},
        {"http/1.1", "GET / http/1.1\r\n" + host + "\r\n", 0, 400},
        {"two blanks", "GET  / HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"tab for blank", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"fragment", "GET /#a HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"UTF-8 in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"backslash", "GET /a\\b HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"relative target", "GET a HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"dot dot", "GET /a/../b HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"escaped dot dot", "GET /a/%2e%2E/b HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"escaped dot dot at the end", "GET /a/%2e. HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"escaped slash", "GET /a%2fb HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"escaped NUL", "GET /a%00 HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        {"broken escape", "GET /a%2 HTTP/1.1\r\n" + host + "\r\n", 0, 400},
        // Header lines.
        {"folded line", get + host + "A: b\r\n c\r\n\r\n", 0, 400},
        {"folded first line", get + " Host: a\r\n\r\n", 0, 400},
        {"blank before colon", get + host + "A : b\r\n\r\n", 0, 400},
        {"no colon", get + host + "A\r\n\r\n", 0, 400},
        {"empty name", get + host + ": b\r\n\r\n", 0, 400},
        {"bare LF", "GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", 0, 400},
        {"bare LF between fields", get + "Host: a\nA: b\r\n\r\n", 0, 400},
        {"bare CR", get + host + "A: b\rc\r\n\r\n", 0, 400},
        {"NUL in a value", get + host + "A: b\0c\r\n\r\n"s, 0, 400},
        {"NUL in a name", get + host + "A\0: b\r\n\r\n"s, 0, 400},
        {"Expect unknown", post + "Expect: tea\r\n\r\n", 0, 417},
        {"header of 17 KB", get + host + "A: " + std::string(17'000, 'a') + "\r\n\r\n", 0, 431},
        {"101 fields",
         get + host +
             [] {
                 std::string lines;
                 for (int i = 0; i < 100; ++i)
                     lines += "A: b\r\n";
                 return lines;
             }() +
             "\r\n",
         0, 431},
        {"TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 0, 400},
        {"refused behind a good one", get + host + "\r\n" + get + "\r\n", 1, 400},
    };
}

}  // namespace assay::testing
