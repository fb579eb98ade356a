// The receiver behind `assay listen`: verify, show, store, forward, answer.
// SPDX-License-Identifier: MIT
#include "tools/cli/listen.hpp"

#include <curl/curl.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>

#include "engine/base/encoding.hpp"
#include "engine/base/limits.hpp"
#include "notify/profile/profile.hpp"
#include "notify/sign/header_name.hpp"
#include "tools/api/http_server.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/profile_directory.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/stop_signal.hpp"

namespace assay::tools {
namespace {

// Headers of the hop, which a forwarder makes anew (RFC 9110, 7.6.1).
bool belongs_to_the_hop(std::string_view name) {
    static constexpr std::string_view names[] = {"host",    "content-length", "connection",
                                                 "te",      "keep-alive",     "transfer-encoding",
                                                 "trailer", "upgrade",        "proxy-connection"};
    std::string lower(name);
    for (char& c : lower)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return std::find(std::begin(names), std::end(names), lower) != std::end(names);
}

std::size_t ignore_bytes(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

// Sends the request on and gives the status that came back; 502 when nothing did.
int forward(const std::string& url, const HttpRequest& request, const std::string& body) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    curl_slist* lines = nullptr;
    for (const auto& field : request.fields) {
        if (belongs_to_the_hop(field.name)) continue;
        lines = curl_slist_append(lines, (field.name + ": " + field.value).c_str());
    }
    lines = curl_slist_append(lines, "Expect:");
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(lines,
                                                                              &curl_slist_free_all);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, ignore_bytes);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    if (curl_easy_perform(curl.get()) != CURLE_OK) return 502;
    long status = 502;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

std::string header_text(const boost::json::object& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (!name.empty() && notify::same_header_name(key, name) && value.is_string()) {
            return std::string(value.get_string());
        }
    }
    return {};
}

// Called from several workers; what it prints and stores stays whole lines.
class Receiver final : public HttpHandler {
  public:
    Receiver(const ListenOptions& options, const notify::Profile& profile,
             std::optional<notify::Secret> secret, CommandContext& context, StopSignal& stop)
        : options_(options),
          profile_(profile),
          secret_(std::move(secret)),
          context_(context),
          stop_(stop) {}

    Result<void> open_store() {
        if (options_.store.empty()) return {};
        store_.open(options_.store, std::ios::binary | std::ios::app);
        if (store_) return {};
        return fail(ErrorCode::invalid_argument, "cannot write " + options_.store, "--store");
    }

    Begin begin(const HttpRequest& request) override {
        if (request.method != "POST") {
            HttpResponse response;
            response.status = request.method == "GET" || request.method == "HEAD" ? 200 : 405;
            response.body = "assay listen: send webhooks here with POST\n";
            return response;
        }
        return read_whole_body(
            limits::body_strict_bytes_max,
            [this, &request](std::string body) { return receive(request, body); },
            [] { return answer_with(413, "too large for a webhook"); });
    }

    void end_delays() {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        ended_.notify_all();
    }

  private:
    static HttpResponse answer_with(int status, std::string text) {
        HttpResponse response;
        response.status = status;
        response.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
        response.body = std::move(text);
        return response;
    }

    HttpResponse receive(const HttpRequest& request, const std::string& body) {
        std::optional<Error> fault;
        if (secret_) {
            std::vector<notify::Header> headers;
            for (const auto& field : request.fields)
                headers.push_back({field.name, field.value});
            const auto verified =
                notify::verify(profile_.signature, {&*secret_, 1}, headers, body,
                               {std::chrono::seconds(300), to_unix_seconds(context_.clock.now())});
            if (!verified) fault = verified.error();
        }
        int status = fault ? 401 : 200;
        if (!fault && !options_.forward_to.empty())
            status = forward(options_.forward_to, request, body);
        if (options_.status != 0) status = options_.status;
        wait_before_answering();
        note(request, body, fault, status);
        return answer_with(status, fault ? describe(*fault) : "ok");
    }

    void wait_before_answering() {
        if (options_.delay_ms <= 0) return;
        std::unique_lock lock(mutex_);
        ended_.wait_for(lock, std::chrono::milliseconds(options_.delay_ms),
                        [this] { return ending_; });
    }

    void note(const HttpRequest& request, const std::string& body,
              const std::optional<Error>& fault, int status) {
        const std::lock_guard lock(mutex_);
        if (options_.count > 0 && received_ >= options_.count) return;
        const boost::json::object row = describe_request(request, body, fault, status);
        if (store_.is_open()) store_ << boost::json::serialize(row) << '\n' << std::flush;
        if (options_.json) {
            context_.out << boost::json::serialize(row) << '\n' << std::flush;
        } else if (!options_.quiet) {
            print_line(row, body.size(), fault, status);
        }
        if (++received_ == options_.count) stop_.request();
    }

    boost::json::object describe_request(const HttpRequest& request, const std::string& body,
                                         const std::optional<Error>& fault, int status) const {
        boost::json::object headers;
        for (const auto& field : request.fields)
            headers[field.name] = field.value;
        boost::json::object row{{"received_at", to_rfc3339(context_.clock.now())},
                                {"target", request.target},
                                {"status", status},
                                {"bytes", body.size()}};
        row["verified"] = secret_ ? boost::json::value(!fault) : boost::json::value();
        if (fault) row["fault"] = describe(*fault);
        row["headers"] = std::move(headers);
        boost::system::error_code not_json;
        auto parsed = boost::json::parse(body, not_json);
        if (not_json) {
            row["body_base64"] = to_base64(body);
        } else {
            row["body"] = std::move(parsed);
        }
        return row;
    }

    void print_line(const boost::json::object& row, std::size_t bytes,
                    const std::optional<Error>& fault, int status) {
        const auto* body = row.if_contains("body");
        const boost::json::value none;
        const auto& event = body != nullptr ? *body : none;
        const auto& headers = row.at("headers").get_object();
        // Where a profile names the message in headers, the body is the data alone.
        std::string type = header_text(headers, profile_.headers.type);
        if (type.empty()) type = text_member(event, "type");
        if (type.empty()) type = text_member(event, "event", "(no type)");
        std::string id = header_text(headers, profile_.headers.delivery);
        if (id.empty()) id = text_member(event, "id");
        if (id.empty()) id = header_text(headers, profile_.signature.id_header);
        if (id.empty()) id = header_text(headers, "X-Assay-Event-Id");
        context_.out << text_member(boost::json::value(row), "received_at") << "  "
                     << (!secret_ ? "unchecked"
                         : fault  ? "NOT VALID"
                                  : "valid    ")
                     << "  " << printable(type) << "  " << printable(id) << "  "
                     << grouped(static_cast<std::int64_t>(bytes)) << " bytes  -> " << status;
        if (fault) context_.out << "  (" << describe(*fault) << ")";
        context_.out << '\n' << std::flush;
    }

    const ListenOptions& options_;
    const notify::Profile& profile_;
    const std::optional<notify::Secret> secret_;
    CommandContext& context_;
    StopSignal& stop_;
    std::mutex mutex_;  // guards everything below and the output streams
    std::condition_variable ended_;
    std::ofstream store_;
    std::int64_t received_ = 0;
    bool ending_ = false;
};

void add_answer_options(CLI::App& command, ListenOptions& options) {
    command.add_option("--status", options.status, "Answer with this status, whatever arrives")
        ->check(CLI::Range(200, 599))
        ->type_name("CODE");
    command.add_option("--delay", options.delay_ms, "Wait before answering")
        ->check(CLI::Range(0, 600'000))
        ->type_name("MS");
    command
        .add_option("--forward-to", options.forward_to,
                    "Pass what verifies on to this URL, and answer as it does")
        ->type_name("URL");
}

}  // namespace

int run_listen(const ListenOptions& options, CommandContext& context) {
    const auto book = load_profiles_with(options.profiles_directory);
    if (!book) return report(context, book.error()), exit_usage;
    const auto profile = find_profile(**book, options.profile);
    if (!profile) return report(context, profile.error()), exit_usage;
    std::optional<notify::Secret> secret;
    const bool given = !options.secret.text.empty() || !options.secret.file.empty() ||
                       (context.environment && context.environment("ASSAY_WEBHOOK_SECRET"));
    if (given) {
        auto loaded = load_secret(options.secret, context);
        if (!loaded) return report(context, loaded.error()), exit_usage;
        secret = std::move(*loaded);
    }
    StopSignal stop;
    Receiver receiver(options, **profile, std::move(secret), context, stop);
    if (const auto opened = receiver.open_store(); !opened) return report(context, opened.error());
    HttpServerOptions server_options;
    server_options.port = options.port;
    auto server = HttpServer::start(server_options, receiver, context.clock);
    if (!server) return report(context, server.error());
    context.out << "{\"event\":\"ready\",\"url\":\"" << (*server)->url() << "\"}\n" << std::flush;
    if (!given && !options.quiet) {
        context.error << "No secret was given: signatures are not checked (--secret-file FILE).\n";
    }
    stop.wait();
    receiver.end_delays();
    (*server)->stop(std::chrono::seconds(2));
    return exit_ok;
}

void add_listen(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<ListenOptions>();
    CLI::App* command =
        application.add_subcommand("listen", "Receive webhooks here: verify, print, keep, pass on");
    command->group(group_receive);
    command
        ->add_option("--port", options->port,
                     "Listen on this port of 127.0.0.1; 0 (default): a free one")
        ->type_name("N");
    add_profile_options(*command, options->profile, options->profiles_directory);
    add_secret_options(*command, options->secret);
    command->add_option("--count", options->count, "End after this many")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    command
        ->add_option("--store", options->store,
                     "Append what arrives to this file, one JSON object a line")
        ->type_name("FILE");
    add_answer_options(*command, *options);
    command->add_flag("--quiet", options->quiet, "Print nothing but the ready line");
    command->add_flag("--json", options->json, "Print what arrives as JSON, one object a line");
    command->footer(
        "Examples:\n"
        "  assay listen --port 8090 --profile resell-scan --secret-file secret.txt\n"
        "  assay listen --status 503 --delay 2000        # play a receiver that is unwell\n"
        "  assay listen --forward-to http://127.0.0.1:3000/hook --secret-file secret.txt\n");
    command->callback([options, &context] { context.exit_code = run_listen(*options, context); });
}

}  // namespace assay::tools
