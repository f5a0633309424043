/* All of libnmt: see libnmt(3). */
#ifndef NMT_NMT_H
#define NMT_NMT_H

#include <nmt/align.h>
#include <nmt/arena.h>
#include <nmt/bleu.h>
#include <nmt/buffer.h>
#include <nmt/check.h>
#include <nmt/codes.h>
#include <nmt/config.h>
#include <nmt/crc32c.h>
#include <nmt/dims.h>
#include <nmt/draw.h>
#include <nmt/engine.h>
#include <nmt/error.h>
#include <nmt/filter.h>
#include <nmt/gguf.h>
#include <nmt/id.h>
#include <nmt/id_text.h>
#include <nmt/kinds.h>
#include <nmt/lines.h>
#include <nmt/model.h>
#include <nmt/number.h>
#include <nmt/output.h>
#include <nmt/random.h>
#include <nmt/real.h>
#include <nmt/records.h>
#include <nmt/shape.h>
#include <nmt/sides.h>
#include <nmt/stream.h>
#include <nmt/threads.h>
#include <nmt/tokenize.h>
#include <nmt/train.h>
#include <nmt/utf8.h>
#include <nmt/version.h>
#include <nmt/vocab.h>

#endif
