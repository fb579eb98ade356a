// Starts the receiver, reads its lines.
// SPDX-License-Identifier: MIT
#include "tests/notify/guide_receiver.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/source_tree.hpp"

extern char** environ;

namespace assay::testing {
namespace {

constexpr std::chrono::seconds patience{60};

pid_t spawn_node(const std::string& script, int input, int output,
                 const std::vector<std::string>& settings) {
    std::vector<std::string> variables = settings;
    for (char** one = environ; *one != nullptr; ++one)
        variables.emplace_back(*one);
    std::vector<char*> environment;
    for (std::string& variable : variables)
        environment.push_back(variable.data());
    environment.push_back(nullptr);
    std::string program = "node", path = script;
    std::array<char*, 3> arguments{program.data(), path.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    pid_t process = -1;
    const int fault =
        posix_spawnp(&process, "node", &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (fault != 0) throw std::runtime_error("node does not start");
    return process;
}

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return ends;
}

}  // namespace

bool GuideReceiver::is_here() {
    static const bool here = std::system("node --version > /dev/null 2>&1") == 0;
    return here;
}

GuideReceiver::GuideReceiver(std::string_view secret, std::int64_t now) {
    const std::array<int, 2> in = make_pipe(), out = make_pipe();
    process_ = spawn_node((source_tree() / "tests/e2e/guides_receiver.mjs").string(), in[0], out[1],
                          {"SECRET=" + std::string(secret), "NOW=" + std::to_string(now)});
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    reader_ = std::thread([this] { read(); });
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [this] { return ready_ || ended_; });
    if (!ready_) throw std::runtime_error("the receiver does not start");
}

GuideReceiver::~GuideReceiver() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    ::close(input_);
    reader_.join();
    ::close(output_);
}

std::string GuideReceiver::url(std::string_view profiles, std::string_view statuses,
                               std::string_view name) const {
    std::string text = base_;
    for (const std::string_view part : {profiles, statuses, name})
        text.append("/").append(part);
    return text;
}

std::string GuideReceiver::path_of(std::string_view url) const {
    return std::string(url.substr(base_.size()));
}

void GuideReceiver::set_now(std::int64_t now) {
    tell({{"now", now}});
}

void GuideReceiver::set_secret(std::string_view url, std::string_view secret) {
    tell({{"path", path_of(url)}, {"secret", secret}});
}

void GuideReceiver::tell(const boost::json::object& what) {
    const std::string line = boost::json::serialize(what) + "\n";
    std::unique_lock lock(mutex_);
    const std::uint64_t wanted = told_ + 1;
    if (::write(input_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("the receiver does not listen");
    changed_.wait_for(lock, patience, [&] { return told_ >= wanted || ended_; });
}

std::vector<boost::json::object> GuideReceiver::requests(std::string_view url, std::size_t count) {
    const std::string path = path_of(url);
    std::vector<boost::json::object> found;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] {
        found.clear();
        for (const boost::json::object& row : rows_) {
            if (row.at("path").as_string() == path) found.push_back(row);
        }
        return found.size() >= count || ended_;
    });
    return found;
}

void GuideReceiver::read() {
    std::string buffer;
    std::array<char, 65'536> piece{};
    for (;;) {
        const ssize_t size = ::read(output_, piece.data(), piece.size());
        if (size <= 0) break;
        buffer.append(piece.data(), static_cast<std::size_t>(size));
        for (std::size_t end = 0; (end = buffer.find('\n')) != std::string::npos;) {
            boost::json::object row = boost::json::parse(buffer.substr(0, end)).as_object();
            buffer.erase(0, end + 1);
            const std::lock_guard lock(mutex_);
            const boost::json::value* const event = row.if_contains("event");
            if (event == nullptr) {
                rows_.push_back(std::move(row));
            } else if (*event == "ready") {
                base_ = row.at("url").as_string().c_str();
                ready_ = true;
            } else {
                ++told_;
            }
            changed_.notify_all();
        }
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

}  // namespace assay::testing
