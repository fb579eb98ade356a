// The table of routes, and what happens to every request around its resource.
// SPDX-License-Identifier: MIT
#include "tools/api/api.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/base/limits.hpp"
#include "engine/base/version.hpp"
#include "tools/api/problem.hpp"
#include "tools/api/request_rules.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools {
namespace {

using Handle = Result<HttpResponse> (*)(ApiCall&);
using BeginUpload = Result<std::unique_ptr<BodySink>> (*)(ApiCall&);

struct Route {
    std::string_view method;
    std::string_view path;  // {} stands for one segment
    Access access;
    Handle handle = nullptr;
    BeginUpload upload = nullptr;  // instead of `handle`: takes the body as a stream
};

constexpr Route routes[] = {
    {"POST", "/v1/batches", Access::submit, nullptr, resources::begin_submission},
    {"GET", "/v1/batches", Access::read, resources::list_batches},
    {"GET", "/v1/batches/{}", Access::read, resources::get_batch},
    {"DELETE", "/v1/batches/{}", Access::submit, resources::delete_batch},
    {"POST", "/v1/batches/{}/cancel", Access::submit, resources::cancel_batch},
    {"GET", "/v1/batches/{}/results", Access::read_or_link, resources::get_results},
    {"GET", "/v1/batches/{}/events", Access::read, resources::stream_batch},
    {"GET", "/v1/events", Access::read, resources::list_events},
    {"POST", "/v1/events", Access::submit, resources::publish_event},
    {"GET", "/v1/event_types", Access::read, resources::list_event_types},
    {"PUT", "/v1/event_types/{}/schema", Access::manage, resources::put_event_schema},
    {"GET", "/v1/event_types/{}/schema", Access::read, resources::get_event_schema},
    {"DELETE", "/v1/event_types/{}/schema", Access::manage, resources::delete_event_schema},
    {"POST", "/v1/webhooks", Access::manage, resources::create_webhook},
    {"GET", "/v1/webhooks", Access::read, resources::list_webhooks},
    {"GET", "/v1/webhooks/{}", Access::read, resources::get_webhook},
    {"PATCH", "/v1/webhooks/{}", Access::manage, resources::change_webhook},
    {"DELETE", "/v1/webhooks/{}", Access::manage, resources::delete_webhook},
    {"POST", "/v1/webhooks/{}/enable", Access::manage, resources::enable_webhook},
    {"POST", "/v1/webhooks/{}/rotate_secret", Access::manage, resources::rotate_webhook_secret},
    {"POST", "/v1/webhooks/{}/disable", Access::manage, resources::disable_webhook},
    {"POST", "/v1/webhooks/{}/recover", Access::manage, resources::recover_webhook},
    {"POST", "/v1/webhooks/{}/test", Access::manage, resources::test_webhook},
    {"GET", "/v1/webhooks/{}/deliveries", Access::read, resources::list_webhook_deliveries},
    {"GET", "/v1/deliveries", Access::read, resources::list_deliveries},
    {"POST", "/v1/deliveries/replay", Access::manage, resources::replay_deliveries},
    {"GET", "/v1/deliveries/{}", Access::read, resources::get_delivery},
    {"POST", "/v1/deliveries/{}/redeliver", Access::manage, resources::redeliver},
    {"PUT", "/v1/comps", Access::manage, nullptr, resources::begin_comps_upload},
    {"GET", "/v1/comps", Access::read, resources::get_comps},
    {"DELETE", "/v1/comps", Access::manage, resources::delete_comps},
    {"POST", "/v1/keys", Access::admin, resources::create_key},
    {"GET", "/v1/keys", Access::admin, resources::list_keys},
    {"DELETE", "/v1/keys/{}", Access::admin, resources::revoke_key},
    {"GET", "/v1/quota", Access::read, resources::get_quota},
    {"GET", "/v1/account", Access::read, resources::get_account},
    {"PATCH", "/v1/account", Access::admin, resources::change_account},
    {"POST", "/v1/tenants", Access::operator_only, resources::create_tenant},
    {"GET", "/v1/tenants", Access::operator_only, resources::list_tenants},
    {"GET", "/v1/tenants/{}", Access::operator_only, resources::get_tenant},
    {"PATCH", "/v1/tenants/{}", Access::operator_only, resources::patch_tenant},
    {"POST", "/v1/tenants/{}/disable", Access::operator_only, resources::disable_tenant},
    {"POST", "/v1/tenants/{}/enable", Access::operator_only, resources::enable_tenant},
    {"GET", "/openapi.json", Access::open, resources::get_openapi},
    {"GET", "/metrics", Access::manage, resources::get_metrics},
    {"GET", "/healthz", Access::open, resources::get_health},
    {"GET", "/readyz", Access::open, resources::get_readiness},
};

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);  // '/'
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool matches(std::string_view pattern, std::span<const std::string_view> segments,
             std::vector<std::string_view>& captures) {
    captures.clear();
    const auto wanted = segments_of(pattern);
    if (wanted.size() != segments.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == "{}" && !segments[i].empty())
            captures.push_back(segments[i]);
        else if (wanted[i] != segments[i])
            return false;
    }
    return true;
}

Scope scope_of(Access access) noexcept {
    switch (access) {
        case Access::submit:
            return Scope::submit;
        case Access::manage:
            return Scope::manage;
        case Access::admin:
        case Access::operator_only:
            return Scope::admin;
        case Access::open:
        case Access::read:
        case Access::read_or_link:
            break;
    }
    return Scope::read;
}

// A body that is not JSON, or that would have to be unpacked, is refused before it is read.
Result<void> check_json_body(const HttpRequest& request) {
    const std::string* type = request.field("content-type");
    const std::string_view media =
        type != nullptr ? std::string_view(*type).substr(0, type->find(';')) : "application/json";
    if (!equal_ignoring_case(media.substr(0, media.find_last_not_of(' ') + 1), "application/json"))
        return fail(ErrorCode::unsupported_media, "the body must be JSON", "Content-Type",
                    "send application/json");
    const std::string* encoding = request.field("content-encoding");
    if (encoding != nullptr && !equal_ignoring_case(*encoding, "identity"))
        return fail(ErrorCode::unsupported_media,
                    "the content encoding is not one that is read here", "Content-Encoding",
                    "send the body as it is");
    return {};
}

HttpResponse method_refused(const std::string& allowed) {
    HttpResponse response = problem(405, "method_not_allowed",
                                    "this resource does not take the method", "use " + allowed);
    response.fields.push_back({"Allow", allowed});
    return response;
}

}  // namespace

std::vector<RouteInfo> api_routes() {
    std::vector<RouteInfo> all;
    for (const Route& route : routes)
        all.push_back({route.method, route.path, route.access});
    return all;
}

struct Api::Body {
    ApiServices services;
    ApiCounters counters;
    RateLimiter requests;
    RateLimiter refusals;  // wrong keys by client address

    Body(ApiServices given, ApiLimits limits)
        : services(given), requests(limits.requests), refusals(limits.refusals) {}

    Begin dispatch(const HttpRequest& request);
    Begin enter(const Route& route, const HttpRequest& request,
                const std::vector<std::string_view>& captures);
    Result<std::shared_ptr<const ApiKey>> authorise(const Route& route, const HttpRequest& request);
    HttpResponse answer(const HttpRequest& request, const Error& error);
    HttpResponse run(const Route& route, ApiCall& call);
};

Api::Api(ApiServices services, ApiLimits limits)
    : body_(std::make_unique<Body>(services, limits)) {}
Api::~Api() = default;

HttpHandler::Begin Api::begin(const HttpRequest& request) {
    return body_->dispatch(request);
}

HttpHandler::Begin Api::Body::dispatch(const HttpRequest& request) {
    const auto segments = segments_of(request.path);
    const std::string_view method =
        request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
    std::vector<std::string_view> captures;
    std::string allowed;
    for (const Route& route : routes) {
        if (!matches(route.path, segments, captures)) continue;
        if (route.method == method) return enter(route, request, captures);
        allowed.append(allowed.empty() ? "" : ", ").append(route.method);
        if (route.method == "GET") allowed += ", HEAD";
    }
    if (!allowed.empty()) return method_refused(allowed);
    return problem(404, "not_found", "there is nothing at this path",
                   "the API is under /v1; /openapi.json describes it");
}

// Key, scope and rate. No key at all is an error of its own only on routes that need one.
Result<std::shared_ptr<const ApiKey>> Api::Body::authorise(const Route& route,
                                                           const HttpRequest& request) {
    const SteadyTime now = services.clock.steady_now();
    if (!refusals.has(request.remote_address, now))
        return fail(ErrorCode::rate_limited, "too many requests with a wrong key came from here");
    auto key = services.keys.check(request.field("authorization"));
    if (!key) {
        static_cast<void>(refusals.take(request.remote_address, now));
        return key;
    }
    const Scope scope = scope_of(route.access);
    if (!(*key)->allows(scope))
        return fail(ErrorCode::forbidden,
                    "the key lacks the scope " + std::string(to_string(scope)), {},
                    "use a key that has it");
    if (route.access == Access::operator_only && (*key)->tenant != operator_tenant())
        return fail(ErrorCode::forbidden, "this is for whoever runs the server", {},
                    "use an admin key of the tenant " + operator_tenant().text());
    if (auto admitted = services.tenants.admit((*key)->tenant, request.remote_address); !admitted)
        return admitted.error();
    if (!requests.take((*key)->id.text(), now))
        return fail(ErrorCode::rate_limited, "the key makes too many requests");
    return key;
}

HttpHandler::Begin Api::Body::enter(const Route& route, const HttpRequest& request,
                                    const std::vector<std::string_view>& captures) {
    auto call = std::make_shared<ApiCall>(ApiCall{request, services, counters, {}, {}, {}, {}});
    auto query = Query::parse(request.query);
    if (!query) return answer(request, query.error());
    call->query = *std::move(query);
    for (const std::string_view capture : captures) {
        auto text = percent_decode(capture, false);
        if (!text) return answer(request, text.error());
        call->captures.push_back(*std::move(text));
    }
    const bool by_link =
        route.access == Access::read_or_link && call->query.find("token") != nullptr;
    if (route.access != Access::open && !by_link) {
        auto key = authorise(route, request);
        if (!key) return answer(request, key.error());
        call->key = *std::move(key);
    }
    if (route.upload != nullptr) {
        auto sink = route.upload(*call);
        if (!sink) return answer(request, sink.error());
        return *std::move(sink);
    }
    if (!request.has_body()) return run(route, *call);
    if (const auto read = check_json_body(request); !read) return answer(request, read.error());
    return read_whole_body(
        limits::request_json_bytes_max,
        [this, &route, call](std::string body) {
            call->body = std::move(body);
            return run(route, *call);
        },
        [] {
            return problem(fail(ErrorCode::payload_too_large, "the body is larger than 1 MiB"));
        });
}

HttpResponse Api::Body::run(const Route& route, ApiCall& call) {
    auto response = route.handle(call);
    return response ? *std::move(response) : answer(call.request, response.error());
}

HttpResponse Api::Body::answer(const HttpRequest& request, const Error& error) {
    if (http_status_of(error.code) == 500)
        services.log.write(LogLevel::error, "request_failed",
                           {{"method", request.method},
                            {"path", request.path},
                            {"code", to_string(error.code)},
                            {"message", error.message}});
    return problem(error);
}

HttpResponse Api::refuse(const HttpRefusal& refusal) {
    return problem(refusal.status, refusal.code, refusal.message);
}

void Api::finished(const HttpExchange& exchange) {
    Body& body = *body_;
    const auto status_class = static_cast<std::size_t>(std::clamp(exchange.status / 100, 0, 5));
    body.counters.answers_by_class[status_class].fetch_add(1, std::memory_order_relaxed);
    body.counters.bytes_in.fetch_add(exchange.body_bytes_in, std::memory_order_relaxed);
    body.counters.bytes_out.fetch_add(exchange.bytes_out, std::memory_order_relaxed);
    // What changes something and what was refused; readers that poll would fill the log.
    const bool is_read = exchange.request.method == "GET" || exchange.request.method == "HEAD";
    if (is_read && exchange.status < 500) return;
    body.services.log.write(exchange.status >= 500 ? LogLevel::warning : LogLevel::info, "request",
                            {{"method", exchange.request.method},
                             {"path", exchange.request.path},
                             {"status", std::int64_t{exchange.status}},
                             {"bytes_in", static_cast<std::int64_t>(exchange.body_bytes_in)},
                             {"duration_us", exchange.duration_us},
                             {"remote", exchange.request.remote_address}});
}

}  // namespace assay::tools
