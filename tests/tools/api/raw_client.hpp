// A client that sends exactly the bytes it is told to, and reads until it has what it waits for.
// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace assay::testing {

// Gives up after a minute of silence, so that a broken server fails the test instead of hanging it.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port, const char* from = "127.0.0.1")
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in source{};
        source.sin_family = AF_INET;
        inet_pton(AF_INET, from, &source.sin_addr);
        sockaddr_in server{};
        server.sin_family = AF_INET;
        server.sin_port = htons(port);
        inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&source), sizeof source) != 0 ||
            ::connect(socket_, reinterpret_cast<sockaddr*>(&server), sizeof server) != 0)
            throw std::runtime_error("cannot connect");
    }
    ~RawClient() { ::close(socket_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the server has closed: what it said is still to be read
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void finish_sending() { ::shutdown(socket_, SHUT_WR); }

    // Everything until `text` has come (or the connection has ended).
    std::string read_until(std::string_view text) {
        while (received_.find(text) == std::string::npos && read_more()) {
        }
        return received_;
    }
    std::string read_to_end() {
        while (read_more()) {
        }
        return received_;
    }
    // Whether the server ends the connection (within that minute).
    bool ends() {
        read_to_end();
        return ended_;
    }
    // Takes one complete response with a Content-Length off the front of what has come.
    std::string read_response() {
        read_until("\r\n\r\n");
        const std::size_t head = received_.find("\r\n\r\n");
        if (head == std::string::npos) return take(received_.size());
        std::size_t length = 0;
        const std::size_t at = received_.find("Content-Length: ");
        if (at < head) length = std::stoul(received_.substr(at + 16));
        while (received_.size() < head + 4 + length && read_more()) {
        }
        return take(std::min(received_.size(), head + 4 + length));
    }

  private:
    std::string take(std::size_t size) {
        std::string front = received_.substr(0, size);
        received_.erase(0, size);
        return front;
    }
    bool read_more() {
        pollfd ready{socket_, POLLIN, 0};
        if (ended_ || ::poll(&ready, 1, 60'000) != 1) return false;
        char bytes[16'384];
        const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
        if (size <= 0) {
            ended_ = true;
            return false;
        }
        received_.append(bytes, static_cast<std::size_t>(size));
        return true;
    }

    int socket_;
    std::string received_;
    bool ended_ = false;
};

}  // namespace assay::testing
