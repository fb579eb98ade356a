// c-ares on a thread of its own that sleeps while nothing is asked.
// SPDX-License-Identifier: MIT
#include "notify/http/resolver.hpp"

#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "engine/base/signals_blocked.hpp"

namespace assay::notify {
namespace {

Address v4_address(const void* bytes) noexcept {
    Address address;
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, bytes, 4);
    return address;
}

bool is_localhost(const std::string& host) noexcept {
    constexpr std::string_view name = "localhost";
    constexpr std::string_view suffix = ".localhost";
    return host == name || (host.size() > suffix.size() &&
                            host.compare(host.size() - suffix.size(), suffix.size(), suffix) == 0);
}

std::vector<Address> loopback_addresses() {
    constexpr std::array<unsigned char, 4> v4{127, 0, 0, 1};
    Address v6;
    v6.bytes[15] = 1;
    return {v4_address(v4.data()), v6};
}

std::vector<Address> addresses_of(const ares_addrinfo& info) {
    std::vector<Address> found;
    for (const ares_addrinfo_node* node = info.nodes; node != nullptr; node = node->ai_next) {
        Address address;
        if (node->ai_family == AF_INET) {
            sockaddr_in in{};
            std::memcpy(&in, node->ai_addr, sizeof in);
            address = v4_address(&in.sin_addr);
        } else if (node->ai_family == AF_INET6) {
            sockaddr_in6 in{};
            std::memcpy(&in, node->ai_addr, sizeof in);
            std::memcpy(address.bytes.data(), &in.sin6_addr, 16);
        } else {
            continue;
        }
        if (std::find(found.begin(), found.end(), address) == found.end()) {
            found.push_back(address);
        }
    }
    return found;
}

class CaresResolver final : public NameResolver {
  public:
    explicit CaresResolver(const ResolverOptions& options) : options_(options) {}
    ~CaresResolver() override;
    Result<void> start();
    void resolve(const std::string& host, Answer answer) override;

  private:
    struct Query {
        CaresResolver* owner;
        std::string host;
    };

    void run();
    void wait();
    void ask(const std::string& host);
    void wake() noexcept;
    static void on_answer(void* query, int status, int timeouts, ares_addrinfo* info);

    ResolverOptions options_;
    ares_channel channel_ = nullptr;
    int wake_fd_ = -1;
    std::mutex mutex_;
    std::deque<std::string> wanted_;                              // guarded by mutex_
    std::unordered_map<std::string, std::vector<Answer>> asked_;  // guarded by mutex_
    bool stopping_ = false;                                       // guarded by mutex_
    std::thread thread_;
};

Result<void> CaresResolver::start() {
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
        return fail(ErrorCode::internal, "c-ares cannot start");
    }
    ares_options options{};
    // Two tries inside the budget; the second waits twice as long as the first.
    options.timeout = static_cast<int>(std::max<std::int64_t>(1, options_.timeout.count() / 3));
    options.tries = 2;
    const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
    if (const int status = ares_init_options(&channel_, &options, mask); status != ARES_SUCCESS) {
        ares_library_cleanup();
        return fail(ErrorCode::internal,
                    std::string("c-ares cannot start: ") + ares_strerror(status));
    }
    wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd_ < 0) return fail(ErrorCode::internal, "no eventfd for the resolver");
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { run(); });
    return {};
}

CaresResolver::~CaresResolver() {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            asked_.clear();  // nobody hears of what is still under way
        }
        wake();
        thread_.join();
    }
    if (channel_ != nullptr) {
        ares_destroy(channel_);  // ends what is under way; on_answer finds nobody waiting
        ares_library_cleanup();
    }
    if (wake_fd_ >= 0) ::close(wake_fd_);
}

void CaresResolver::resolve(const std::string& host, Answer answer) {
    if (is_localhost(host)) {
        answer(loopback_addresses());
        return;
    }
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        std::vector<Answer>& waiting = asked_[host];
        first = waiting.empty();
        waiting.push_back(std::move(answer));
        if (first) wanted_.push_back(host);
    }
    if (first) wake();
}

void CaresResolver::wake() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the thread is awake anyway.
    [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

void CaresResolver::run() {
    for (;;) {
        std::deque<std::string> hosts;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            hosts.swap(wanted_);
        }
        for (const std::string& host : hosts)
            ask(host);
        wait();
    }
}

void CaresResolver::ask(const std::string& host) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_flags = ARES_AI_NOSORT;  // sorting would open a socket to each address
    // c-ares answers exactly once, also on destruction, so the query is freed there.
    auto query = std::make_unique<Query>(Query{this, host});
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &on_answer, query.release());
}

void CaresResolver::on_answer(void* query, int status, int /*timeouts*/, ares_addrinfo* info) {
    const std::unique_ptr<Query> done(static_cast<Query*>(query));
    CaresResolver& self = *done->owner;
    Result<std::vector<Address>> result =
        fail(ErrorCode::dns_failed,
             "the name " + done->host + " has no address: " + ares_strerror(status));
    if (status == ARES_SUCCESS && info != nullptr) {
        std::vector<Address> found = addresses_of(*info);
        if (!found.empty()) result = std::move(found);
    }
    if (info != nullptr) ares_freeaddrinfo(info);
    std::vector<Answer> waiting;
    {
        const std::lock_guard lock(self.mutex_);
        const auto asked = self.asked_.find(done->host);
        if (asked == self.asked_.end()) return;
        waiting = std::move(asked->second);
        self.asked_.erase(asked);
    }
    for (Answer& answer : waiting)
        answer(result);
}

// Sleeps until a name server answers, one of c-ares' own timeouts is due, or somebody asks.
void CaresResolver::wait() {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int bits = ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM);
    std::array<pollfd, ARES_GETSOCK_MAXNUM + 1> polled{};
    polled[0] = {wake_fd_, POLLIN, 0};
    nfds_t count = 1;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
        const bool readable = ARES_GETSOCK_READABLE(bits, i) != 0;
        const bool writable = ARES_GETSOCK_WRITABLE(bits, i) != 0;
        if (!readable && !writable) continue;
        const int events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
        polled.at(count++) = {sockets.at(static_cast<std::size_t>(i)), static_cast<short>(events),
                              0};
    }
    int milliseconds = -1;
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) != nullptr) {
        milliseconds = static_cast<int>(left.tv_sec * 1'000 + left.tv_usec / 1'000 + 1);
    }
    ::poll(polled.data(), count, milliseconds);
    if ((polled[0].revents & POLLIN) != 0) {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto got = ::read(wake_fd_, &ignored, sizeof ignored);
    }
    for (nfds_t i = 1; i < count; ++i) {
        const pollfd& entry = polled.at(i);
        const bool failed = (entry.revents & (POLLERR | POLLHUP)) != 0;
        const bool readable = failed || (entry.revents & POLLIN) != 0;
        const bool writable = (entry.revents & POLLOUT) != 0;
        if (readable || writable) {
            ares_process_fd(channel_, readable ? entry.fd : ARES_SOCKET_BAD,
                            writable ? entry.fd : ARES_SOCKET_BAD);
        }
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // c-ares' timeouts
}

}  // namespace

Result<std::unique_ptr<NameResolver>> make_resolver(const ResolverOptions& options) {
    auto resolver = std::make_unique<CaresResolver>(options);
    if (Result<void> started = resolver->start(); !started) return std::move(started).error();
    return std::unique_ptr<NameResolver>(std::move(resolver));
}

}  // namespace assay::notify
