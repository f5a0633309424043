/*
 * A trained model: its shape, its vocabularies, its weights; one GGUF file (design.md, section 6;
 * keys and tensors are listed in nmt(7)). It is mapped, not read: opening costs milliseconds, and
 * all processes share the pages. Immutable: any number of threads may use it.
 */
#ifndef NMT_MODEL_H
#define NMT_MODEL_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/records.h>
#include <nmt/shape.h>
#include <nmt/vocab.h>

struct nmt_model;

/**
 * Opens a model file: maps it, and compares all of it with the digest that it holds (some 15 ms for
 * 100 MB; the pages are not kept). NMT_EFORMAT when it is no model of ours, NMT_ETRUNC when it is
 * cut short, NMT_ECRC when it is damaged, NMT_ESHAPE when a tensor has not the size the
 * configuration says.
 */
int nmt_model_open(struct nmt_model **m, const char *path, struct nmt_err *err) NMT_MUST_USE;

void nmt_model_close(struct nmt_model *m);

/* Borrowed until the model is closed. The two vocabularies may be one. */
const char *nmt_model_name(const struct nmt_model *m); /* its path */
const struct nmt_shape *nmt_model_shape(const struct nmt_model *m);
const struct nmt_vocab *nmt_model_source_vocab(const struct nmt_model *m);
const struct nmt_vocab *nmt_model_target_vocab(const struct nmt_model *m);

/** NMT_FINGERPRINT bytes. */
const uint8_t *nmt_model_fingerprint(const struct nmt_model *m);

/** Adds all keys and tensors as text, a line each, to out: what nmt-train --describe prints. */
int nmt_model_describe(const struct nmt_model *m, struct nmt_buffer *out,
                       struct nmt_err *err) NMT_MUST_USE;

#endif
