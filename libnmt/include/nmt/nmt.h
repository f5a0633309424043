/* All of libnmt: see libnmt(3). */
#ifndef NMT_NMT_H
#define NMT_NMT_H

#include <nmt/arena.h>
#include <nmt/buffer.h>
#include <nmt/check.h>
#include <nmt/codes.h>
#include <nmt/config.h>
#include <nmt/crc32c.h>
#include <nmt/error.h>
#include <nmt/filter.h>
#include <nmt/id.h>
#include <nmt/id_text.h>
#include <nmt/lines.h>
#include <nmt/number.h>
#include <nmt/output.h>
#include <nmt/random.h>
#include <nmt/records.h>
#include <nmt/threads.h>
#include <nmt/utf8.h>
#include <nmt/version.h>
#include <nmt/vocab.h>

#endif
