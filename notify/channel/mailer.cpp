// Speaks SMTP through libcurl.
// SPDX-License-Identifier: MIT
#include "notify/channel/mailer.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/base/signals_blocked.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "notify/message/mail.hpp"

namespace assay::notify {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> start_tls_names{"required", "opportunistic", "off"};
constexpr std::size_t reply_bytes_max = 2 * limits::kibibyte;  // of the last reply, for the log

struct FreeCurl {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

// libcurl's own set-up, once for the process; a function's static is safe between threads.
void start_library() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) std::abort();  // out of memory at the start
}

Error refused(std::string_view field, std::string message, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, std::move(message), std::string(field),
                std::move(remedy));
}

// The bytes of one mail as libcurl asks for them: the head, then the shared body.
struct Reading {
    std::string_view head, body;
};

std::size_t read_mail(char* out, std::size_t size, std::size_t count, void* state) {
    auto& reading = *static_cast<Reading*>(state);
    std::size_t written = 0;
    for (std::string_view* part : {&reading.head, &reading.body}) {
        const std::size_t take = std::min(part->size(), size * count - written);
        std::memcpy(out + written, part->data(), take);
        part->remove_prefix(take);
        written += take;
    }
    return written;
}

// Keeps the last reply to what was asked of the server: each of its lines begins with the code.
std::size_t keep_reply(char* bytes, std::size_t size, std::size_t count, void* state) {
    auto& reply = *static_cast<std::string*>(state);
    const std::string_view line(bytes, size * count);
    if (line.starts_with("221")) return size * count;  // to our QUIT
    const bool continued = reply.size() > 3 && line.substr(0, 3) == reply.substr(0, 3);
    if (!continued) reply.clear();
    reply.append(line.substr(0, reply_bytes_max - std::min(reply.size(), reply_bytes_max)));
    return size * count;
}

// libcurl keeps room for any address behind `to.addr`.
std::optional<Address> address_of(const curl_sockaddr& to) {
    const void* const bytes = &to.addr;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (to.family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, bytes, sizeof in);
        inet_ntop(AF_INET, &in.sin_addr, text.data(), text.size());
    } else if (to.family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, bytes, sizeof in);
        inet_ntop(AF_INET6, &in.sin6_addr, text.data(), text.size());
    }
    return parse_address(text.data());
}

// Judges what libcurl is about to dial. Once one address of a name was refused, all are.
struct Dialling {
    const AddressPolicy& policy;
    std::string refused;  // "127.0.0.1 is loopback"; empty: nothing was
};

curl_socket_t open_socket(void* state, curlsocktype, curl_sockaddr* to) {
    auto& dialling = *static_cast<Dialling*>(state);
    const std::optional<Address> address = address_of(*to);
    const std::string_view block =
        address ? forbidden_by(*address, dialling.policy) : std::string_view("no internet address");
    if (!block.empty() && dialling.refused.empty()) {
        dialling.refused = (address ? address->text() + " is " : "it is ") + std::string(block);
    }
    if (!dialling.refused.empty()) return CURL_SOCKET_BAD;
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

int stop_asked(void* state, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(state)->load(std::memory_order_relaxed) ? 1 : 0;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

OutcomeKind kind_of(CURLcode code) noexcept {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return OutcomeKind::dns;
        case CURLE_COULDNT_CONNECT:
            return OutcomeKind::connect;
        case CURLE_OPERATION_TIMEDOUT:
            return OutcomeKind::timeout;
        case CURLE_USE_SSL_FAILED:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
            return OutcomeKind::tls;
        case CURLE_ABORTED_BY_CALLBACK:
            return OutcomeKind::aborted;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
            return OutcomeKind::reset;
        default:
            return OutcomeKind::protocol;
    }
}

std::int32_t phase_of(CURL* handle, CURLINFO which) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(handle, which, &microseconds);
    return microseconds > 0 ? static_cast<std::int32_t>(microseconds / 1'000) : -1;
}

// The mail server's address stays out of it: it is the operator's, and tenants read outcomes.
void read_facts(CURL* handle, Outcome& outcome) {
    outcome.timings.resolved = phase_of(handle, CURLINFO_NAMELOOKUP_TIME_T);
    outcome.timings.connected = phase_of(handle, CURLINFO_CONNECT_TIME_T);
    outcome.timings.secured = phase_of(handle, CURLINFO_APPCONNECT_TIME_T);
    outcome.timings.done = phase_of(handle, CURLINFO_TOTAL_TIME_T);
    const char* address = nullptr;
    long connections = 0;
    curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &address);
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connections);
    outcome.connection_reused = address != nullptr && *address != '\0' && connections == 0;
}

// What a tenant may know of a mail server that does not work.
const char* told_to_tenants(OutcomeKind kind) noexcept {
    switch (kind) {
        case OutcomeKind::timeout:
            return "the mail server did not answer in time; the server's log says more";
        case OutcomeKind::tls:
            return "there is no secure connection to the mail server; the server's log says more";
        case OutcomeKind::reset:
        case OutcomeKind::protocol:
            return "the mail server broke off; the server's log says more";
        case OutcomeKind::aborted:
            return "stopped before the mail server answered";
        default:
            return "the mail server cannot be reached; the server's log says more";
    }
}

// Names are judged when they are resolved.
Result<void> check_server(const MailerOptions& options) {
    std::string_view rest = options.url;
    const bool schemed = rest.starts_with("smtp://") || rest.starts_with("smtps://");
    if (schemed) rest.remove_prefix(rest.find("//") + 2);
    const bool plain = std::all_of(rest.begin(), rest.end(), [](char c) {
        return c > 0x20 && c < 0x7f && c != '/' && c != '@' && c != '?' && c != '#';
    });
    if (!schemed || rest.empty() || !plain) {
        return refused("url", "is no address of a mail server",
                       "write smtp://HOST:587 or smtps://HOST:465; user and password stand apart");
    }
    std::string_view host = rest.substr(0, rest.find(':'));
    if (rest.front() == '[') host = rest.substr(1, rest.find(']') - 1);
    if (host == "localhost") host = "127.0.0.1";
    const std::optional<Address> address = parse_address(host);
    if (!address) return {};
    const std::string_view block = forbidden_by(*address, options.addresses);
    if (block.empty()) return {};
    return refused("url", address->text() + " is " + std::string(block),
                   "if that is your mail server, put it on smtp.allow_cidr");
}

}  // namespace

std::string_view to_string(StartTls rule) noexcept {
    return start_tls_names.at(static_cast<std::size_t>(rule));
}

std::optional<StartTls> parse_start_tls(std::string_view text) noexcept {
    for (std::size_t i = 0; i < start_tls_names.size(); ++i) {
        if (start_tls_names[i] == text) return static_cast<StartTls>(i);
    }
    return std::nullopt;
}

Result<void> validate(const MailerOptions& options) {
    if (!parse_start_tls(options.starttls)) {
        return refused("starttls", "is not required, opportunistic or off");
    }
    if (options.user.empty() != options.password.empty()) {
        return refused("user", "a user and a password belong together",
                       "give both, the password from a file or the environment");
    }
    if (options.queue_max < 1) return refused("queue_max", "must be at least 1");
    if (options.url.empty()) return {};
    if (Result<void> checked = check_server(options); !checked) return checked;
    if (options.starttls != "required" && !options.user.empty() &&
        options.url.starts_with("smtp:")) {
        return refused("starttls", "could send the password in the clear",
                       "use required, or smtps://");
    }
    if (const Result<Sender> sender = parse_sender(options.sender); !sender) {
        return refused("sender", sender.error().message, "write Assay <assay@example.com>");
    }
    return {};
}

Outcome outcome_of_reply(int reply, std::string text) {
    Outcome outcome;
    outcome.kind = OutcomeKind::response;
    outcome.status = reply;
    outcome.response_text = std::move(text);
    const bool own_fault = reply == 530 || reply == 534 || reply == 535 || reply == 538;
    outcome.permanent = reply >= 500 && !own_fault;
    if (own_fault) outcome.detail = "the mail server does not accept us: check smtp.user";
    return outcome;
}

struct Mailer::Body {
    struct Job {
        Make make;
        Answer answer;
        SteadyTime deadline{};
    };

    Body(MailerOptions given, const Clock& time)
        : options(std::move(given)), clock(time), dialling{options.addresses, {}} {}

    bool push(Job job) {
        {
            const std::lock_guard lock(mutex);
            if (stopping.load(std::memory_order_relaxed) || jobs.size() >= options.queue_max) {
                return false;
            }
            jobs.push_back(std::move(job));
        }
        more.notify_one();
        return true;
    }
    void run();
    Outcome send(const Mail& mail, milliseconds timeout);
    bool prepare(const curl_slist* recipients, milliseconds timeout);
    Outcome outcome_of(CURLcode code, const char* detail);
    // No reply says what is wrong; `what` does, to those who may know where the server is.
    void fail_before_reply(Outcome& outcome, OutcomeKind kind, const std::string& what) const;

    const MailerOptions options;
    const Clock& clock;
    Sender sender;
    std::mutex mutex;  // guards `jobs`
    std::condition_variable more;
    std::deque<Job> jobs;
    // Only a sign to look up from what is under way; the mutex orders everything else.
    std::atomic<bool> stopping{false};

    // The thread's own. One handle: its connection is used again while the server keeps it.
    std::unique_ptr<CURL, FreeCurl> handle;
    std::string reply;
    Reading reading;
    Dialling dialling;
    std::thread thread;
};

void Mailer::Body::run() {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex);
            more.wait(lock,
                      [this] { return stopping.load(std::memory_order_relaxed) || !jobs.empty(); });
            if (stopping.load(std::memory_order_relaxed)) return;
            job = std::move(jobs.front());
            jobs.pop_front();
        }
        const TimePoint started = clock.now();
        const auto left =
            std::chrono::duration_cast<milliseconds>(job.deadline - clock.steady_now());
        Outcome outcome;
        outcome.detail = "the mail server was busy with other mails";
        if (left > milliseconds(0)) {
            outcome.detail = "it was not wanted any more";
            if (const std::optional<Mail> mail = job.make()) outcome = send(*mail, left);
        }
        outcome.started = started;
        outcome.ended = clock.now();
        job.answer(std::move(outcome));
    }
}

// Sets everything anew; false: out of memory.
bool Mailer::Body::prepare(const curl_slist* recipients, milliseconds timeout) {
    CURL* const curl = handle.get();
    curl_easy_reset(curl);  // keeps the connection
    const StartTls tls = parse_start_tls(options.starttls).value_or(StartTls::required);
    const long use_tls = tls == StartTls::required        ? CURLUSESSL_ALL
                         : tls == StartTls::opportunistic ? CURLUSESSL_TRY
                                                          : CURLUSESSL_NONE;
    bool ok = true;
    const auto set = [&](CURLoption option, auto value) {
        ok = ok && curl_easy_setopt(curl, option, value) == CURLE_OK;
    };
    set(CURLOPT_URL, options.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_PROXY, "");  // none from the environment either
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, &dialling);
    set(CURLOPT_USE_SSL, use_tls);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_bundle.empty()) set(CURLOPT_CAINFO, options.ca_bundle.c_str());
    if (!options.user.empty()) {
        set(CURLOPT_USERNAME, options.user.c_str());
        set(CURLOPT_PASSWORD, options.password.c_str());
    }
    set(CURLOPT_MAIL_FROM, sender.address.c_str());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &read_mail);
    set(CURLOPT_READDATA, &reading);
    set(CURLOPT_HEADERFUNCTION, &keep_reply);
    set(CURLOPT_HEADERDATA, &reply);
    set(CURLOPT_WRITEFUNCTION, &drop);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &stop_asked);
    set(CURLOPT_XFERINFODATA, &stopping);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::min<milliseconds>(timeout, limits::connect_timeout).count()));
    set(CURLOPT_MAIL_RCPT, recipients);
    return ok;
}

Outcome Mailer::Body::send(const Mail& mail, milliseconds timeout) {
    Outcome outcome;
    if (!handle) handle.reset(curl_easy_init());
    std::string head = mail_head(sender, mail.recipients, mail.message_id);
    for (const Header& header : mail.headers) {
        if (const Result<void> checked = check_header_syntax(header); !checked) {
            outcome.kind = OutcomeKind::invalid_request;
            outcome.detail = checked.error().message;
            return outcome;
        }
        head.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    List recipients;
    for (const std::string& recipient : mail.recipients) {
        curl_slist* const longer = curl_slist_append(recipients.get(), recipient.c_str());
        if (longer == nullptr) return outcome;
        (void)recipients.release();
        recipients.reset(longer);
    }
    if (!handle || !prepare(recipients.get(), timeout)) {
        outcome.detail = "no memory for a mail";
        return outcome;
    }
    reply.clear();
    dialling.refused.clear();
    reading = {head, *mail.body};
    std::array<char, CURL_ERROR_SIZE> detail{};
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, detail.data());
    const CURLcode code = curl_easy_perform(handle.get());
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, nullptr);
    curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, nullptr);
    return outcome_of(code, detail.data());
}

void Mailer::Body::fail_before_reply(Outcome& outcome, OutcomeKind kind,
                                     const std::string& what) const {
    outcome.kind = kind;
    outcome.detail = told_to_tenants(kind);
    if (options.tell_operator && kind != OutcomeKind::aborted) options.tell_operator(kind, what);
}

Outcome Mailer::Body::outcome_of(CURLcode code, const char* detail) {
    Outcome outcome;
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) {
        outcome = outcome_of_reply(250, reply);
    } else if (code == CURLE_LOGIN_DENIED) {
        outcome = outcome_of_reply(status >= 400 ? static_cast<int>(status) : 535, reply);
    } else if (!dialling.refused.empty()) {
        fail_before_reply(
            outcome, OutcomeKind::blocked,
            "the mail server's address " + dialling.refused + ": see smtp.allow_cidr");
    } else if (const OutcomeKind kind = kind_of(code);
               status >= 400 && status < 600 &&
               (kind == OutcomeKind::reset || kind == OutcomeKind::protocol)) {
        outcome = outcome_of_reply(static_cast<int>(status), reply);
    } else {
        fail_before_reply(outcome, kind, *detail != '\0' ? detail : curl_easy_strerror(code));
    }
    read_facts(handle.get(), outcome);
    return outcome;
}

Mailer::Mailer(MailerOptions options, const Clock& clock)
    : body_(std::make_unique<Body>(std::move(options), clock)) {
    assert(validate(body_->options).has_value() && !body_->options.url.empty());
    start_library();
    body_->sender = *parse_sender(body_->options.sender);
    const SignalsBlocked blocked;
    body_->thread = std::thread([this] { body_->run(); });
}

Mailer::~Mailer() {
    {
        const std::lock_guard lock(body_->mutex);
        body_->stopping.store(true, std::memory_order_relaxed);
    }
    body_->more.notify_all();
    body_->thread.join();
}

bool Mailer::try_send(Mail mail, milliseconds timeout, Answer answer) {
    auto shared = std::make_shared<Mail>(std::move(mail));
    return body_->push({[shared]() -> std::optional<Mail> { return std::move(*shared); },
                        std::move(answer), body_->clock.steady_now() + timeout});
}

bool Mailer::try_notice(Make make, milliseconds timeout, Answer answer) {
    return body_->push({std::move(make), std::move(answer), body_->clock.steady_now() + timeout});
}

}  // namespace assay::notify
