// A real mail server (tests/support/smtp_server.py, on python3-aiosmtpd), as a process.
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temporary_directory.hpp"

namespace assay::testing {

class SmtpServer {
  public:
    // Whether there is a Python with aiosmtpd to run it.
    static bool is_here();

    // `tls`: none, starttls (required) or smtps. With a user it wants a login.
    explicit SmtpServer(const std::string& tls = "none", const std::string& user = "",
                        const std::string& password = "");
    ~SmtpServer();
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;

    std::string url() const;      // smtp:// or smtps://
    std::string ca_file() const;  // its own certificate
    // What has arrived so far, each as JSON: from, to, data, tls, login; as soon as it is `count`,
    // fewer after a minute.
    const std::vector<std::string>& mails(std::size_t count);

  private:
    bool read_line(std::string& line);

    TemporaryDirectory directory_;
    std::string scheme_;
    pid_t process_ = -1;
    int input_ = -1, output_ = -1;
    std::string buffer_;
    std::string port_;
    std::vector<std::string> mails_;
};

}  // namespace assay::testing
