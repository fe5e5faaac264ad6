// Carries out the commands that are typed into the message box.

// Return run(command), which returns whether the command can be done now. `actions` are
// request(type, data), join(name), open(request) for one of a moderator, and `view` and
// `joins`.
export function makeRunner({ view, joins, request, join, open }) {
  const commands = {
    __proto__: null,
    setname: ({ argument }) => (join(argument), true),
    join: ({ argument }) => joins.open(argument, view.report.bind(view)),
    leave: () => request("leave", { room: view.room.name }),
    topic: ({ argument, isBare }) => {
      if (view.room.isDirect) {
        view.report("a conversation of two has no topic");
        return false;
      }
      if (!isBare) return request("topic", { room: view.room.name, topic: argument });
      view.head.edit();
      return true;
    },
    msg: ({ argument, text }) => request("direct", { to: argument, text }),
    ignore: ({ argument }) => request("ignore", { name: argument }),
    unignore: ({ argument }) => request("unignore", { name: argument }),
    order: ({ request: asked }) => {
      if (!asked.data.room?.startsWith("direct:")) return open(asked);
      view.report("that is for rooms, not for a conversation of two");
      return false;
    },
  };
  return (command) => commands[command.command](command);
}
