// Requests, uploads and streams over libcurl; problem JSON becomes an Error.
// SPDX-License-Identifier: MIT
#include "tools/cli/client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "engine/base/version.hpp"

namespace assay::tools {
namespace {

// A refusal is read whole, everything else is streamed or small: more than this is not an answer of
// ours.
constexpr std::size_t reply_bytes_max = 64 * 1024 * 1024;

constexpr long silence_seconds_max = 60;  // of a stream; a live one says something every 15

struct CurlCleanup {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, CurlCleanup>;
using Headers = std::unique_ptr<curl_slist, CurlCleanup>;

void append(Headers& headers, const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
}

// What one transfer needs while it runs.
struct Transfer {
    CURL* handle = nullptr;
    std::string reply;
    const std::function<std::size_t(char*, std::size_t)>* read = nullptr;
    const std::function<bool(std::string_view)>* write = nullptr;
    bool stopped = false;

    bool succeeded() const {
        long status = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        return status >= 200 && status < 300;
    }
};

std::size_t on_write(char* bytes, std::size_t size, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    const std::string_view piece(bytes, size * count);
    if (transfer.write != nullptr && transfer.succeeded()) {
        transfer.stopped = !(*transfer.write)(piece);
        return transfer.stopped ? 0 : piece.size();
    }
    if (transfer.reply.size() + piece.size() > reply_bytes_max) return 0;
    transfer.reply += piece;
    return piece.size();
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* context) {
    return (*static_cast<Transfer*>(context)->read)(buffer, size * count);
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& stop = *static_cast<const std::function<bool()>*>(context);
    return stop() ? 1 : 0;
}

std::string text_of(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

ErrorCode code_of(int status) {
    switch (status) {
        case 401:
            return ErrorCode::unauthorized;
        case 403:
            return ErrorCode::forbidden;
        case 404:
            return ErrorCode::not_found;
        case 409:
            return ErrorCode::conflict;
        case 410:
            return ErrorCode::archived;
        case 413:
            return ErrorCode::payload_too_large;
        case 415:
            return ErrorCode::unsupported_media;
        case 429:
            return ErrorCode::rate_limited;
        case 503:
            return ErrorCode::unavailable;
        case 507:
            return ErrorCode::storage_full;
        default:
            return status >= 500 ? ErrorCode::internal : ErrorCode::invalid_input;
    }
}

std::optional<ErrorCode> code_named(std::string_view name) {
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
        if (to_string(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
    }
    return std::nullopt;
}

// A problem document, or one of its faults; what it does not say stays as it is.
void read_problem(const boost::json::object& object, Error& error) {
    if (const auto code = code_named(text_of(object, "code"))) error.code = *code;
    const std::string message = text_of(object, "message");
    if (!message.empty()) error.message = message;
    error.field = text_of(object, "param");
    error.remedy = text_of(object, "remedy");
    if (const auto* line = object.if_contains("line"); line != nullptr && line->is_int64()) {
        error.line = static_cast<std::uint64_t>(line->get_int64());
    }
}

struct Refusal {
    Error error;
    std::vector<Error> faults;
};

Refusal read_refusal(int status, const std::string& body) {
    Refusal refusal{fail(code_of(status), "the server answered " + std::to_string(status)), {}};
    boost::system::error_code ignored;
    const auto problem = boost::json::parse(body, ignored);
    if (!ignored && problem.is_object()) {
        read_problem(problem.get_object(), refusal.error);
        const auto* faults = problem.get_object().if_contains("faults");
        if (faults != nullptr && faults->is_array()) {
            for (const auto& fault : faults->get_array())
                if (fault.is_object())
                    read_problem(fault.get_object(), refusal.faults.emplace_back());
        }
    }
    // What the server says is meant for programs that write HTTP.
    if (status == 401) {
        refusal.error.remedy =
            "give a key with --key or ASSAY_API_KEY; the first one is in DATA_DIR/admin.key";
    }
    return refusal;
}

}  // namespace

struct ApiClient::Body {
    ServerAddress address;
    Handle handle;
    std::vector<Error> faults;
    std::function<bool()> stop;

    // Runs one transfer; `headers` beside Authorization and User-Agent.
    Result<ApiReply> run(std::string_view path, Headers headers, Transfer& transfer) {
        CURL* curl = handle.get();
        const std::string url = address.url + std::string(path);
        append(headers, "User-Agent: Assay/" + std::string(version));
        append(headers, "Expect:");
        if (!address.key.empty()) append(headers, "Authorization: Bearer " + address.key);
        transfer.handle = curl;
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        if (stop) {
            curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
            curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
            curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
        }
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        const CURLcode outcome = curl_easy_perform(curl);
        if (outcome != CURLE_OK && !(outcome == CURLE_WRITE_ERROR && transfer.stopped)) {
            // A server may refuse an upload before it has read it: what it said counts.
            if (transfer.reply.empty()) return unreachable(outcome);
        }
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (status < 200 || status >= 300) {
            Refusal refusal = read_refusal(static_cast<int>(status), transfer.reply);
            faults = std::move(refusal.faults);
            return std::move(refusal.error);
        }
        return ApiReply{static_cast<int>(status), std::move(transfer.reply)};
    }

    Error unreachable(CURLcode outcome) const {
        if (outcome == CURLE_ABORTED_BY_CALLBACK)
            return fail(ErrorCode::cancelled, "stopped before the server had answered");
        const bool connect =
            outcome == CURLE_COULDNT_CONNECT || outcome == CURLE_COULDNT_RESOLVE_HOST;
        return fail(connect ? ErrorCode::connect_failed : ErrorCode::io_error,
                    (connect ? "cannot reach " : "the connection to ") + address.url +
                        (connect ? ": " : " broke: ") + curl_easy_strerror(outcome),
                    {},
                    "start it with `assay serve`, or name another with --server or ASSAY_SERVER");
    }

    Result<boost::json::value> json(std::string_view path, Headers headers, Transfer& transfer) {
        auto reply = run(path, std::move(headers), transfer);
        if (!reply) return std::move(reply).error();
        if (reply->body.empty()) return boost::json::value();
        boost::system::error_code fault;
        auto value = boost::json::parse(reply->body, fault);
        if (fault) return fail(ErrorCode::invalid_json, address.url + " did not answer with JSON");
        return value;
    }

    void reset() {
        curl_easy_reset(handle.get());
        faults.clear();
    }
};

ApiClient::ApiClient(std::unique_ptr<Body> body) : body_(std::move(body)) {}
ApiClient::~ApiClient() = default;
ApiClient::ApiClient(ApiClient&&) noexcept = default;
ApiClient& ApiClient::operator=(ApiClient&&) noexcept = default;

Result<ApiClient> ApiClient::make(ServerAddress address) {
    if (!address.url.starts_with("http://") && !address.url.starts_with("https://")) {
        return fail(ErrorCode::invalid_argument, "\"" + address.url + "\" is no server address",
                    "--server", "write it like http://127.0.0.1:8080");
    }
    while (address.url.ends_with('/'))
        address.url.pop_back();
    const auto printable = [](char c) { return c > 0x20 && c < 0x7f; };
    if (!std::all_of(address.key.begin(), address.key.end(), printable)) {
        return fail(ErrorCode::invalid_argument, "the key holds characters that no key has",
                    "--key");
    }
    auto body = std::make_unique<Body>();
    body->address = std::move(address);
    body->handle.reset(curl_easy_init());
    if (!body->handle) return fail(ErrorCode::internal, "libcurl could not start");
    return ApiClient(std::move(body));
}

void ApiClient::set_stop(std::function<bool()> stop) {
    body_->stop = std::move(stop);
}

Result<boost::json::value> ApiClient::get(std::string_view path) {
    body_->reset();
    Transfer transfer;
    return body_->json(path, nullptr, transfer);
}

Result<boost::json::value> ApiClient::post(std::string_view path, const boost::json::value& body) {
    return send("POST", path, body);
}

Result<boost::json::value> ApiClient::patch(std::string_view path, const boost::json::value& body) {
    return send("PATCH", path, body);
}

Result<boost::json::value> ApiClient::send(const char* method, std::string_view path,
                                           const boost::json::value& body) {
    body_->reset();
    const std::string text = body.is_null() ? std::string() : boost::json::serialize(body);
    curl_easy_setopt(body_->handle.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(body_->handle.get(), CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(body_->handle.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(text.size()));
    curl_easy_setopt(body_->handle.get(), CURLOPT_COPYPOSTFIELDS, text.c_str());
    Headers headers;
    append(headers, "Content-Type: application/json");
    Transfer transfer;
    return body_->json(path, std::move(headers), transfer);
}

Result<boost::json::value> ApiClient::remove(std::string_view path) {
    body_->reset();
    curl_easy_setopt(body_->handle.get(), CURLOPT_CUSTOMREQUEST, "DELETE");
    Transfer transfer;
    return body_->json(path, nullptr, transfer);
}

Result<boost::json::value> ApiClient::upload(const Upload& upload) {
    body_->reset();
    Transfer transfer;
    transfer.read = &upload.read;
    curl_easy_setopt(body_->handle.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(body_->handle.get(), CURLOPT_CUSTOMREQUEST, upload.method.c_str());
    curl_easy_setopt(body_->handle.get(), CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(body_->handle.get(), CURLOPT_READDATA, &transfer);
    curl_easy_setopt(body_->handle.get(), CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
    Headers headers;
    append(headers, "Content-Type: " + upload.content_type);
    append(headers, "Transfer-Encoding: chunked");
    if (upload.gzip) append(headers, "Content-Encoding: gzip");
    if (!upload.idempotency_key.empty())
        append(headers, "Idempotency-Key: " + upload.idempotency_key);
    return body_->json(upload.path, std::move(headers), transfer);
}

const std::vector<Error>& ApiClient::faults() const noexcept {
    return body_->faults;
}

Result<void> ApiClient::stream(std::string_view path, std::string_view accept,
                               const std::function<bool(std::string_view)>& write) {
    body_->reset();
    curl_easy_setopt(body_->handle.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(body_->handle.get(), CURLOPT_LOW_SPEED_TIME, silence_seconds_max);
    Transfer transfer;
    transfer.write = &write;
    Headers headers;
    append(headers, "Accept: " + std::string(accept));
    auto reply = body_->run(path, std::move(headers), transfer);
    if (!reply) return std::move(reply).error();
    return {};
}

bool EventStreamReader::feed(std::string_view bytes, const Sink& sink) {
    pending_ += bytes;
    std::size_t start = 0;
    for (std::size_t end = 0; (end = pending_.find('\n', start)) != std::string::npos;
         start = end + 1) {
        std::string_view line(pending_.data() + start, end - start);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!take_line(line, sink)) return false;
    }
    pending_.erase(0, start);
    return true;
}

bool EventStreamReader::take_line(std::string_view line, const Sink& sink) {
    if (line.empty()) {
        const bool more = data_.empty() || sink(event_.empty() ? "message" : event_, data_);
        event_.clear();
        data_.clear();
        return more;
    }
    const auto colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") {
        event_ = value;
    } else if (field == "data") {
        if (!data_.empty()) data_ += '\n';
        data_ += value;
    }
    return true;
}

}  // namespace assay::tools
