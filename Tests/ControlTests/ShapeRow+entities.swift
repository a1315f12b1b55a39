extension ShapeRow {
  /// What people keep for their agents.
  static let entities: [ShapeRow] =
    life(
      of: "/agents", isShared: true,
      "{created_at:s,description:0,id:s,metadata:0,model:0,name:s,system_prompt:0,tools:0,updated_at:s}")
    + life(
      of: "/skills", isShared: true,
      "{content:0,created_at:s,description:0,id:s,metadata:0,name:s,tags:0,updated_at:s}")
    + life(
      of: "/slash-commands", "{arguments:0,content:0,created_at:s,description:0,id:s,name:s,updated_at:s}")
    + life(
      of: "/tool-presets",
      "{allowed_tools:0,created_at:s,description:0,disallowed_tools:0,id:s,name:s,updated_at:s}")
    + life(
      of: "/mcp-servers",
      "{args:0,command:0,created_at:s,description:0,enabled:0,env:0,headers:0,id:s,name:s,updated_at:s,url:0}"
    )
    + [
      .init(.post, "/mcp-servers/connect", "{}", 400, invalid),
      .init(.post, "/mcp-servers/connect", #"{"command":"/no/such"}"#, 502, refused("reason:s")),
      .init(.post, "/mcp-servers/connect", #"{"url":"http://127.0.0.1:9"}"#, 422, refused("reason:s")),
      .init(.get, "/mcp-servers/none/tools", "", 404, refused("id:s,kind:s")),
      .init(.get, "/mcp-servers/none/resources", "", 404, refused("id:s,kind:s")),
      .init(.get, "/mcp-servers/none/resources/a%3Ab", "", 404, refused("id:s,kind:s")),
      .init(.get, "/shared/none", "", 404, refused(nil)),
      .init(.get, "/tools", "", 200, "[]"),
    ]

  /// One kind of entity, from its making to its end.
  private static func life(of path: String, isShared: Bool = false, _ form: String) -> [ShapeRow] {
    let made: [ShapeRow] = [
      .init(.post, path, #"{"name":"a"}"#, 201, form),
      .init(.post, path, #"{"name":"a"}"#, 409, refused("id:s")),
      .init(.post, path, #"{}"#, 400, invalid),
      .init(.get, path, "", 200, "[\(form)]"),
      .init(.get, path + "/{id}", "", 200, form),
      .init(.patch, path + "/{id}", #"{"description":null}"#, 200, form),
    ]
    let shared: [ShapeRow] = [
      .init(.post, path + "/{id}/share", #"{}"#, 201, "{expires_at:s,token:s,url:s}"),
      .init(.get, "/shared/{token}", "", 200, "{expires_at:s,item:\(form),kind:s}"),
    ]
    let gone: [ShapeRow] = [
      .init(.delete, path + "/{id}", "", 204, nothing),
      .init(.get, path + "/{id}", "", 404, refused("id:s,kind:s")),
    ]
    return made + (isShared ? shared : []) + gone
  }
}
