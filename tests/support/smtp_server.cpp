// Starts the mail server, reads its lines.
// SPDX-License-Identifier: MIT
#include "tests/support/smtp_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/source_tree.hpp"

extern char** environ;

namespace assay::testing {
namespace {

constexpr int patience_ms = 60'000;

// The Python that has the library: Debian's, where another one comes first. Empty: none has.
const std::string& python() {
    static const std::string found = [] {
        for (const std::string program : {"python3", "/usr/bin/python3"}) {
            const std::string asked = program + " -c 'import aiosmtpd' > /dev/null 2>&1";
            if (std::system(asked.c_str()) == 0) return program;
        }
        return std::string();
    }();
    return found;
}

}  // namespace

bool SmtpServer::is_here() {
    return !python().empty();
}

SmtpServer::SmtpServer(const std::string& tls, const std::string& user, const std::string& password)
    : scheme_(tls == "smtps" ? "smtps" : "smtp") {
    std::array<int, 2> in{}, out{};
    if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    std::vector<std::string> words{python(),
                                   (source_tree() / "tests/support/smtp_server.py").string(),
                                   directory_.path(),
                                   tls,
                                   user,
                                   password};
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const int fault =
        posix_spawnp(&process_, python().c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    std::string line;
    if (fault != 0 || !read_line(line)) throw std::runtime_error("the mail server does not start");
    port_ = line.substr(line.find(':') + 2);
    port_.resize(port_.find('}'));
}

SmtpServer::~SmtpServer() {
    ::close(input_);
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    ::close(output_);
}

std::string SmtpServer::url() const {
    return scheme_ + "://127.0.0.1:" + port_;
}

std::string SmtpServer::ca_file() const {
    return std::string(directory_.path()) + "/cert.pem";
}

const std::vector<std::string>& SmtpServer::mails(std::size_t count) {
    std::string line;
    while (mails_.size() < count && read_line(line))
        mails_.push_back(line);
    return mails_;
}

bool SmtpServer::read_line(std::string& line) {
    for (;;) {
        if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
            line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return true;
        }
        pollfd waiting{output_, POLLIN, 0};
        if (::poll(&waiting, 1, patience_ms) <= 0) return false;
        std::array<char, 4'096> bytes{};
        const ssize_t got = ::read(output_, bytes.data(), bytes.size());
        if (got <= 0) return false;
        buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace assay::testing
