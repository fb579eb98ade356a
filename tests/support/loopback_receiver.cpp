// A thread per connection, blocking sockets: slow and plain, as a test's other side should be.
// SPDX-License-Identifier: MIT
#include "tests/support/loopback_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace assay::testing {
namespace {

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto lower = [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        };
        return lower(x) == lower(y);
    });
}

ReceivedRequest parse_head(std::string_view head) {
    ReceivedRequest request;
    std::size_t end = head.find("\r\n");
    request.line = head.substr(0, end);
    while (end != std::string_view::npos) {
        head.remove_prefix(end + 2);
        end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        std::string_view value = line.substr(colon + 1);
        while (!value.empty() && value.front() == ' ')
            value.remove_prefix(1);
        request.headers.emplace_back(line.substr(0, colon), value);
    }
    return request;
}

}  // namespace

std::string ReceivedRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (same_name(key, name)) return value;
    }
    return {};
}

namespace {

struct ChunkedBody {
    std::string text;
    std::size_t size = 0;  // on the wire
};

// A chunked body without trailers (RFC 9112, 7.1), once it is there as a whole.
std::optional<ChunkedBody> unchunked(std::string_view bytes) {
    ChunkedBody body;
    while (true) {
        const std::size_t end = bytes.find("\r\n", body.size);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string digits(bytes.substr(body.size, end - body.size));
        const std::size_t length = std::stoul(digits, nullptr, 16);
        body.size = end + 2 + length + 2;
        if (bytes.size() < body.size) return std::nullopt;
        if (length == 0) return body;
        body.text += bytes.substr(end + 2, length);
    }
}

}  // namespace

std::optional<ReceivedRequest> Peer::read_request() {
    std::size_t head_end = std::string::npos;
    std::size_t wanted = 0;
    bool chunked = false;
    ReceivedRequest request;
    for (;;) {
        if (head_end == std::string::npos) {
            head_end = buffer_.find("\r\n\r\n");
            if (head_end != std::string::npos) {
                request = parse_head(std::string_view(buffer_).substr(0, head_end));
                const std::string length = request.header("Content-Length");
                wanted = head_end + 4 + (length.empty() ? 0 : std::stoul(length));
                chunked = request.header("Transfer-Encoding") == "chunked";
            }
        }
        if (chunked) {
            if (const auto body = unchunked(std::string_view(buffer_).substr(head_end + 4))) {
                request.body = body->text;
                wanted = head_end + 4 + body->size;
                break;
            }
        } else if (head_end != std::string::npos && buffer_.size() >= wanted) {
            request.body = buffer_.substr(head_end + 4, wanted - head_end - 4);
            break;
        }
        char bytes[16'384];
        const auto got = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes)
                                         : ::recv(descriptor_, bytes, sizeof bytes, 0);
        if (got <= 0) return std::nullopt;
        buffer_.append(bytes, static_cast<std::size_t>(got));
    }
    request.connection = number_;
    buffer_.erase(0, wanted);
    {
        const std::lock_guard lock(owner_->mutex_);
        owner_->requests_.push_back(request);
    }
    owner_->changed_.notify_all();
    return request;
}

bool Peer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = tls_ != nullptr
                              ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Peer::respond(int status, std::string_view body, std::string_view extra_headers) {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " Reason\r\n";
    text += extra_headers;
    if (status != 204 && status != 304) {
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    text += "\r\n";
    text += body;
    return send(text);
}

void Peer::reset() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void Peer::close() {
    const std::lock_guard lock(owner_->mutex_);
    const int descriptor = descriptor_.exchange(-1);
    if (descriptor >= 0) ::close(descriptor);
}

void Peer::wait_until_stopped() {
    char byte = 0;
    while (!owner_->stopping_ && ::recv(descriptor_, &byte, 1, 0) > 0) {
    }
}

LoopbackReceiver::LoopbackReceiver(Script script, ssl_ctx_st* tls)
    : script_(std::move(script)), tls_(tls) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener_ < 0 ||
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 1'024) != 0) {
        throw std::runtime_error("no loopback listener");
    }
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    // OpenSSL writes without MSG_NOSIGNAL: these threads, which inherit the mask, must not die of a
    // closed client.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { accept_all(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LoopbackReceiver::~LoopbackReceiver() {
    stop();
}

void LoopbackReceiver::stop() {
    if (stopping_.exchange(true)) return;
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
    {
        const std::lock_guard lock(mutex_);
        for (Peer& peer : peers_) {
            if (peer.descriptor_ >= 0) ::shutdown(peer.descriptor_, SHUT_RDWR);
        }
    }
    for (Peer& peer : peers_)
        peer.thread_.join();
}

void LoopbackReceiver::accept_all() {
    while (!stopping_) {
        const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) continue;
        Peer* peer = nullptr;
        {
            const std::lock_guard lock(mutex_);
            peer = &peers_.emplace_back();
            peer->owner_ = this;
            peer->descriptor_ = descriptor;
            peer->number_ = accepted_.fetch_add(1);
        }
        changed_.notify_all();
        peer->thread_ = std::thread([this, peer] { serve(*peer); });
    }
}

void LoopbackReceiver::serve(Peer& peer) {
    if (tls_ != nullptr) {
        peer.tls_ = SSL_new(tls_);
        SSL_set_fd(peer.tls_, peer.descriptor_);
        if (SSL_accept(peer.tls_) == 1) script_(peer);
        SSL_free(peer.tls_);
    } else {
        script_(peer);
    }
    peer.close();
}

std::string LoopbackReceiver::url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::string LoopbackReceiver::url_of(std::string_view host, std::string_view path) const {
    return "https://" + std::string(host) + ":" + std::to_string(port_) + std::string(path);
}

std::vector<ReceivedRequest> LoopbackReceiver::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

bool LoopbackReceiver::wait_for_requests(std::size_t count, std::chrono::milliseconds limit) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return requests_.size() >= count; });
}

bool LoopbackReceiver::wait_for_connections(int count, std::chrono::milliseconds limit) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return accepted_ >= count; });
}

LoopbackReceiver::Script LoopbackReceiver::answers(std::vector<int> statuses) {
    auto next = std::make_shared<std::atomic<std::size_t>>(0);
    return [statuses = std::move(statuses), next](Peer& peer) {
        while (peer.read_request()) {
            const std::size_t turn = std::min(next->fetch_add(1), statuses.size() - 1);
            if (!peer.respond(statuses[turn])) return;
        }
    };
}

}  // namespace assay::testing
