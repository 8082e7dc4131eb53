/* all.h: the list of workloads, included at the end of every collector. */
#ifndef WORKLOADS_ALL_H
#define WORKLOADS_ALL_H

#include "workloads/vocabulary.h"
#include "workloads/workload.h"

#include "workloads/binary-trees.h"
#include "workloads/constant-caches.h"
#include "workloads/fragmented.h"
#include "workloads/gcbench.h"
#include "workloads/inline-cache.h"
#include "workloads/key-value.h"
#include "workloads/largeobject.h"
#include "workloads/make-objects.h"
#include "workloads/mixed.h"
#include "workloads/orm-graph.h"
#include "workloads/page-render.h"
#include "workloads/read-mostly.h"
#include "workloads/session-cache.h"
#include "workloads/shadow.h"
#include "workloads/skkzipcode-like.h"
#include "workloads/stores.h"
#include "workloads/strings-10m.h"
#include "workloads/uniform.h"

const struct workload *const workloads[] = {
    &largeobject,     &read_mostly,     &session_cache, &page_render,
    &skkzipcode_like, &key_value,       &fragmented,    &orm_graph,
    &uniform,         &binary_trees,    &gcbench,       &stores,
    &shadow,          &mixed,           &make_objects,  &strings_10m,
    &inline_cache,    &constant_caches, NULL,
};

#endif
