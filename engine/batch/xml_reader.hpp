// XML in pieces: elements and texts out, without document types, entities or anything from outside.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::engine {

// The attributes of one element; views live for the call that hands them over.
class XmlAttributes {
  public:
    // `pairs`: name, value, name, value, ..., null.
    explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
    // By the name without its namespace; empty when there is none.
    std::string_view operator[](std::string_view name) const noexcept;
    // As "1" or "true".
    bool flag(std::string_view name) const noexcept;

  private:
    const char** pairs_;
};

// What is read. Names come without their namespace. Returning false ends the reading.
class XmlHandler {
  public:
    virtual ~XmlHandler() = default;
    virtual bool open(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual bool close(std::string_view name) = 0;
    virtual bool text(std::string_view text) = 0;  // of one run, perhaps in several pieces
};

// A document type is refused, and with it every entity that is not XML's own. Depth and the length
// of a tag are bounded; a text of any length passes through. Any split of the bytes gives the same.
class XmlReader {
  public:
    explicit XmlReader(XmlHandler& handler);
    ~XmlReader();
    XmlReader(const XmlReader&) = delete;
    XmlReader& operator=(const XmlReader&) = delete;

    // False: the handler has ended the reading. Errors: unsupported_media.
    Result<bool> feed(std::string_view bytes);
    Result<bool> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace assay::engine
