// Field lookup, whole bodies, status lines.
// SPDX-License-Identifier: MIT
#include "tools/api/http_message.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "tools/api/request_rules.hpp"

namespace assay::tools {
namespace {

class WholeBody final : public BodySink {
  public:
    WholeBody(std::size_t bytes_max, std::function<HttpResponse(std::string)> then,
              std::function<HttpResponse()> too_large)
        : bytes_max_(bytes_max), then_(std::move(then)), too_large_(std::move(too_large)) {}

    std::optional<HttpResponse> feed(std::string_view piece) override {
        if (piece.size() > bytes_max_ - body_.size()) return too_large_();
        body_ += piece;
        return std::nullopt;
    }
    HttpResponse finish() override { return then_(std::move(body_)); }

  private:
    std::size_t bytes_max_;
    std::function<HttpResponse(std::string)> then_;
    std::function<HttpResponse()> too_large_;
    std::string body_;
};

}  // namespace

const std::string* find_field(const std::vector<HttpField>& fields,
                              std::string_view name) noexcept {
    for (const HttpField& field : fields)
        if (equal_ignoring_case(field.name, name)) return &field.value;
    return nullptr;
}

std::unique_ptr<BodySink> read_whole_body(std::size_t bytes_max,
                                          std::function<HttpResponse(std::string body)> then,
                                          std::function<HttpResponse()> too_large) {
    return std::make_unique<WholeBody>(bytes_max, std::move(then), std::move(too_large));
}

HttpResponse HttpHandler::refuse(const HttpRefusal& refusal) {
    HttpResponse response;
    response.status = refusal.status;
    response.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = refusal.message + "\n";
    return response;
}

std::string_view reason_phrase(int status) noexcept {
    struct Phrase {
        int status;
        std::string_view text;
    };
    static constexpr std::array phrases{
        Phrase{200, "OK"},
        Phrase{201, "Created"},
        Phrase{202, "Accepted"},
        Phrase{204, "No Content"},
        Phrase{301, "Moved Permanently"},
        Phrase{302, "Found"},
        Phrase{304, "Not Modified"},
        Phrase{307, "Temporary Redirect"},
        Phrase{400, "Bad Request"},
        Phrase{401, "Unauthorized"},
        Phrase{403, "Forbidden"},
        Phrase{404, "Not Found"},
        Phrase{405, "Method Not Allowed"},
        Phrase{406, "Not Acceptable"},
        Phrase{408, "Request Timeout"},
        Phrase{409, "Conflict"},
        Phrase{410, "Gone"},
        Phrase{411, "Length Required"},
        Phrase{413, "Content Too Large"},
        Phrase{415, "Unsupported Media Type"},
        Phrase{417, "Expectation Failed"},
        Phrase{422, "Unprocessable Content"},
        Phrase{429, "Too Many Requests"},
        Phrase{431, "Request Header Fields Too Large"},
        Phrase{500, "Internal Server Error"},
        Phrase{501, "Not Implemented"},
        Phrase{502, "Bad Gateway"},
        Phrase{503, "Service Unavailable"},
        Phrase{504, "Gateway Timeout"},
        Phrase{507, "Insufficient Storage"},
    };
    const auto found = std::find_if(phrases.begin(), phrases.end(),
                                    [&](const Phrase& phrase) { return phrase.status == status; });
    return found != phrases.end() ? found->text : "Status";
}

std::string serialise_head(const HttpResponse& response, std::string_view date,
                           std::string_view framing, bool keep_alive) {
    assert(response.status >= 100 && response.status <= 999);
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head += reason_phrase(response.status);
    head += "\r\nDate: ";
    head += date;
    head += "\r\n";
    for (const HttpField& field : response.fields) {
        const bool sound = is_token(field.name) && is_field_value(field.value);
        assert(sound);
        if (!sound) continue;
        head += field.name;
        head += ": ";
        head += field.value;
        head += "\r\n";
    }
    head += framing;
    if (!keep_alive) head += "Connection: close\r\n";
    head += "\r\n";
    return head;
}

}  // namespace assay::tools
