// Forwards over libcurl.
// SPDX-License-Identifier: MIT
#include "tools/cli/forward.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

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

}  // namespace

Result<int> forward(const std::string& url, const HttpRequest& request, const std::string& body) {
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
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, ignore_bytes);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    if (const CURLcode code = curl_easy_perform(curl.get()); code != CURLE_OK) {
        const bool late = code == CURLE_OPERATION_TIMEDOUT;
        return fail(late ? ErrorCode::timeout : ErrorCode::connect_failed,
                    "nothing came back from " + url + ": " + curl_easy_strerror(code),
                    "--forward-to", "start the server behind it");
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

}  // namespace assay::tools
